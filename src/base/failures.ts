/** Where failures are logged; a pino logger fits. */
export interface Log {
  warn(details: object, message: string): void;
}

/**
 * Failures that end nothing: their figures are absent, and everything else goes on. Every failure is counted, but only
 * the first of each part is logged: one a tick would fill the log.
 */
export interface Failures {
  /** Never throws, even if the log does. */
  report(part: string, error: unknown): void;
  /** The result of `work`, or undefined after a failure, which is reported. */
  guarded<T>(part: string, work: () => T): T | undefined;
  /** Wraps `work` so that it cannot throw. The part is counted from now on: 0 until it fails. */
  guard<T>(part: string, work: () => T): () => T | undefined;
  /** Failures by part. */
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
        // The failure is still counted; a broken log cannot be reported.
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
