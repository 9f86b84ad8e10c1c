export interface ProbeGuard {
  /**
   * Makes a probe that cannot throw: a failure yields `undefined`, is counted under `part`, and the first of that part
   * is reported.
   */
  guard<T>(part: string, probe: () => T): () => T | undefined;
  /** Failures so far by part, parts without any included. */
  failures(): Readonly<Record<string, number>>;
}

/**
 * A diagnostic that fails must not take the application down, nor fill its log once a second: `report` hears of each
 * part once.
 */
export function createProbeGuard(report: (part: string, error: unknown) => void): ProbeGuard {
  const counts = new Map<string, number>();
  return {
    guard(part, probe) {
      counts.set(part, counts.get(part) ?? 0);
      return () => {
        try {
          return probe();
        } catch (error) {
          const count = (counts.get(part) ?? 0) + 1;
          counts.set(part, count);
          if (count === 1) reportQuietly(report, part, error);
          return undefined;
        }
      };
    },
    failures: () => Object.fromEntries(counts),
  };
}

function reportQuietly(report: (part: string, error: unknown) => void, part: string, error: unknown): void {
  try {
    report(part, error);
  } catch {
    // The failure is counted all the same; a broken logger is not this probe's to report.
  }
}
