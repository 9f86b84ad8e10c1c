import v8 from 'node:v8';

/** Flags with which V8 marks or sweeps on other threads, or starts marking between two of our steps. Names vary by version. */
export const backgroundGcFlags = [
  'concurrent-marking',
  'concurrent-sweeping',
  'concurrent-array-buffer-sweeping',
  'incremental-marking',
  'cppheap-concurrent-marking',
  'cppheap-incremental-marking',
] as const;

export interface GcFlags {
  /** In all isolates of this process. */
  disableBackgroundGc(): void;
  /** Restores what {@link GcFlags.disableBackgroundGc} changed and nothing else. May be called at any time. */
  restore(): void;
}

/**
 * @param values the current flags. Only those known to be on are changed: what the operator has switched off stays off, and
 * a name that V8 does not know, for which it would print an error, is never set
 */
export function createGcFlags(
  values: ReadonlyMap<string, boolean>,
  setFlag: (flag: string) => void = (flag) => v8.setFlagsFromString(flag),
): GcFlags {
  const own = backgroundGcFlags.filter((name) => values.get(name) === true);
  let disabled = false;
  return {
    disableBackgroundGc() {
      disabled = true;
      for (const name of own) setFlag(`--no-${name}`);
    },
    restore() {
      if (!disabled) return;
      disabled = false;
      for (const name of own) setFlag(`--${name}`);
    },
  };
}
