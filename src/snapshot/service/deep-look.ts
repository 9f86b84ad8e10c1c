import type { HeapComparison, HolderSummary } from '../../heap/comparison/compare.js';
import type { OperationContext } from '../../cost/operations.js';
import { wait } from '../../base/wait.js';
import type { AdmittedCapture, Captures } from './capture.js';
import type { LongAnswer, LongAnswers } from './long-answers.js';

/** What holds the growth. */
export interface HolderSuspect {
  readonly constructor: string;
  readonly count: number;
  readonly retainedGrowthBytes: number;
  /** From the last holder that the program itself named. */
  readonly path: string;
  /** Ids of the snapshots that were compared. */
  readonly snapshots: readonly string[];
  readonly entries?: { readonly before: number; readonly after: number };
}

export interface DeepLook {
  /**
   * Who holds what grew, or the operation that takes two snapshots to find out.
   *
   * @throws what refuses a snapshot
   */
  look(): Promise<LongAnswer<readonly HolderSuspect[]>>;
  /** What the last look found; empty when that is stale, after ten minutes. */
  readonly holders: readonly HolderSuspect[];
}

export interface DeepLookSources {
  /** Bytes by which the memory grows each second, as far as that is known. */
  growthPerSecond(): number | undefined;
  readonly answers: LongAnswers;
  readonly captures: Pick<Captures, 'admit'>;
  compare(ids: readonly string[], context: OperationContext): Promise<HeapComparison>;
}

/** So much growth between the snapshots is more than what comes and goes. */
const DISTINCT_BYTES = 2 * 1024 * 1024;
const WAIT_SECONDS = { least: 10, most: 60, unknown: 20 };
const STALE_AFTER_MS = 600_000;
const MOST_HOLDERS = 5;
/** A holder that gained less than this share of what the first one gained is not reported. */
const LEAST_SHARE = 0.1;
/** Shares of the progress: each snapshot, the traffic between them, and the comparison. */
const SHARE = { snapshot: 0.25, traffic: 0.25, comparison: 0.25 };
const KEY = 'deep';

export function createDeepLook({ growthPerSecond, answers, captures, compare }: DeepLookSources): DeepLook {
  const request = { trigger: 'deep' };

  function waitSeconds(): number {
    const rate = growthPerSecond() ?? 0;
    const { least, most, unknown } = WAIT_SECONDS;
    return rate > 0 ? Math.min(most, Math.max(least, DISTINCT_BYTES / rate)) : unknown;
  }

  async function run(
    first: AdmittedCapture,
    { signal, report }: OperationContext,
  ): Promise<readonly HolderSuspect[]> {
    const part = (from: number, share: number): OperationContext => ({
      signal,
      report: (progress, step) => report(from + share * progress, step),
    });
    const before = await first(part(0, SHARE.snapshot));
    report(SHARE.snapshot, 'letting traffic pass');
    await wait(waitSeconds(), [signal]);
    const last = await captures.admit(request);
    const after = await last(part(SHARE.snapshot + SHARE.traffic, SHARE.snapshot));
    const ids = [before.snapshot.id, after.snapshot.id];
    return suspectsOf(await compare(ids, part(1 - SHARE.comparison, SHARE.comparison)), ids);
  }

  return {
    look: async () =>
      answers.ask({
        key: KEY,
        kind: 'deep',
        maxAgeMs: STALE_AFTER_MS,
        async prepare() {
          const first = await captures.admit(request);
          return async (context) => run(first, context);
        },
      }),
    get holders() {
      return answers.known<readonly HolderSuspect[]>(KEY) ?? [];
    },
  };
}

function suspectsOf({ holders }: HeapComparison, snapshots: readonly string[]): readonly HolderSuspect[] {
  const most = holders[0]?.ownGrowthBytes ?? 0;
  return holders
    .filter(({ ownGrowthBytes }) => ownGrowthBytes > 0 && ownGrowthBytes >= LEAST_SHARE * most)
    .slice(0, MOST_HOLDERS)
    .map(({ object, path, ownGrowthBytes, entries }: HolderSummary) => ({
      constructor: object.class,
      count: 1,
      retainedGrowthBytes: ownGrowthBytes,
      path: path?.text ?? object.label,
      snapshots,
      ...(entries && { entries }),
    }));
}
