import { setImmediate as turn } from 'node:timers/promises';
import type { Admission } from '../cost/admission.js';

export interface ExactInstances {
  readonly class: string;
  readonly count: number;
}

export interface ExactCountingSources {
  readonly names: () => readonly string[];
  /** Counts one class; undefined if it is no longer tracked. */
  readonly count: (name: string) => ExactInstances | undefined;
  readonly admission: Pick<Admission, 'run'>;
  /** Expected milliseconds of one full collection. */
  readonly gcPauseMs: () => number;
  /** Called with the cost of each count. */
  readonly paid: (costMs: number) => void;
}

/** On Node 20 a count took 5 times as long as a full collection with an empty heap, 10 to 20 times with 20 to 160 MB. */
const COLLECTIONS_A_COUNT = 15;

/**
 * Counts all tracked classes exactly, one after the other; each count is admitted and paid for separately, and the event
 * loop runs in between. Rejects like {@link Admission.run}; earlier counts are kept.
 */
export function createExactCounting(sources: ExactCountingSources): () => Promise<ExactInstances[]> {
  const { names, count, admission, gcPauseMs, paid } = sources;
  let lastMs: number | undefined;
  return async () => {
    const counts: ExactInstances[] = [];
    for (const name of names()) {
      if (counts.length > 0) await turn();
      const expectedMs = lastMs ?? COLLECTIONS_A_COUNT * gcPauseMs();
      const { value, costMs } = await admission.run({ name: `count of ${name}`, expectedMs }, () =>
        count(name),
      );
      lastMs = costMs;
      paid(costMs);
      if (value !== undefined) counts.push(value);
    }
    return counts;
  };
}
