/** Where it is said what went wrong; a pino logger fits. */
export interface Log {
  warn(details: object, message: string): void;
}

/**
 * What failed without ending anything: its figures are absent, and whatever it was part of goes on. Every failure is
 * counted here. The log hears of the first of each part: one a tick would fill it.
 */
export interface Failures {
  /** Never throws, even if the log does. */
  report(part: string, error: unknown): void;
  /** What `work` returns, or undefined after a failure that was reported. */
  guarded<T>(part: string, work: () => T): T | undefined;
  /** Makes of `work` a function that cannot throw. The part is counted from now on: 0 until it fails. */
  guard<T>(part: string, work: () => T): () => T | undefined;
  /** By part. */
  counts(): Readonly<Record<string, number>>;
}

export function createFailures(log: Log): Failures {
  const counts = new Map<string, number>();
  const failures: Failures = {
    report(part, err) {
      const count = (counts.get(part) ?? 0) + 1;
      counts.set(part, count);
      if (count > 1) return;
      try {
        log.warn({ part, err }, `tidemark: ${part} failed; its figures are absent`);
      } catch {
        // The failure is counted all the same; nobody is left to hear of a broken log.
      }
    },
    guarded(part, work) {
      try {
        return work();
      } catch (error) {
        failures.report(part, error);
        return undefined;
      }
    },
    guard(part, work) {
      counts.set(part, counts.get(part) ?? 0);
      return () => failures.guarded(part, work);
    },
    counts: () => Object.fromEntries(counts),
  };
  return failures;
}
