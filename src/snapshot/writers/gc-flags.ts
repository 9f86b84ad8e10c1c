import v8 from 'node:v8';

/** Whatever makes V8 mark or sweep on other threads, or begin to mark between two of our steps. Names differ by version. */
export const backgroundGcFlags = [
  'concurrent-marking',
  'concurrent-sweeping',
  'concurrent-array-buffer-sweeping',
  'incremental-marking',
  'cppheap-concurrent-marking',
  'cppheap-incremental-marking',
] as const;

export interface GcFlags {
  /** Switches background collection off, of all isolates of this process. */
  quieten(): void;
  /** Puts back what {@link GcFlags.quieten} changed, and nothing else. May be called at any time. */
  restore(): void;
}

/**
 * @param values the flags as they are; only one that is known to be on is ever touched, so that what the operator has
 * switched off stays off and an unknown name (V8 would print an error) is never set
 */
export function createGcFlags(
  values: ReadonlyMap<string, boolean>,
  setFlag: (flag: string) => void = (flag) => v8.setFlagsFromString(flag),
): GcFlags {
  const own = backgroundGcFlags.filter((name) => values.get(name) === true);
  let quiet = false;
  return {
    quieten() {
      quiet = true;
      for (const name of own) setFlag(`--no-${name}`);
    },
    restore() {
      if (!quiet) return;
      quiet = false;
      for (const name of own) setFlag(`--${name}`);
    },
  };
}
