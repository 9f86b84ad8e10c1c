import type { CoreLog } from '../runtime/dependencies.js';

/** What failed without ending anything: its figures are absent, and whatever it was part of goes on. */
export interface Failures {
  /** Logs a failure of a part that counts its own. */
  warn(part: string, error: unknown): void;
  /** Counts a failure, and logs the first of each part. */
  report(part: string, error: unknown): void;
  /** What `work` returns, or undefined after a failure that was reported. */
  guarded<T>(part: string, work: () => T): T | undefined;
  /** By part. */
  counts(): Readonly<Record<string, number>>;
}

export function createFailures(log: CoreLog): Failures {
  const counts = new Map<string, number>();
  const failures: Failures = {
    warn: (part, err) => log.warn({ part, err }, `tidemark: ${part} failed; its figures are absent`),
    report(part, error) {
      const count = (counts.get(part) ?? 0) + 1;
      counts.set(part, count);
      if (count === 1) failures.warn(part, error);
    },
    guarded(part, work) {
      try {
        return work();
      } catch (error) {
        failures.report(part, error);
        return undefined;
      }
    },
    counts: () => Object.fromEntries(counts),
  };
  return failures;
}
