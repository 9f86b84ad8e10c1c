import type { Clock } from '../../base/clock.js';
import type { HeapComparison, HolderSummary } from '../../heap/comparison/compare.js';
import type { OperationContext } from '../../cost/operations.js';
import { wait } from '../../base/wait.js';
import type { Captures, PreflightReport, SnapshotRequest } from './capture.js';
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
   * Who holds what grew, or the operation that takes two snapshots to find out. What was found stands for ten minutes.
   *
   * @throws what refuses a snapshot
   */
  look(): Promise<LongAnswer<readonly HolderSuspect[]>>;
  /** What was found last, while it stands; nothing else. */
  readonly holders: readonly HolderSuspect[];
}

export interface DeepSources {
  readonly clock: Clock;
  readonly growthPerSecond: () => number | undefined;
  readonly answers: LongAnswers;
  readonly captures: Captures;
  readonly allowed: (request: SnapshotRequest) => Promise<PreflightReport>;
  readonly compare: (
    ids: readonly string[],
    signal: AbortSignal,
    report: OperationContext['report'],
  ) => Promise<HeapComparison>;
}

/** So much growth between the snapshots stands out of what comes and goes. */
const TELLING_BYTES = 2 * 1024 * 1024;
const WAIT_SECONDS = { least: 10, most: 60, unknown: 20 };
const STANDS_MS = 600_000;
const MOST_HOLDERS = 5;
/** A holder of less than this share of what the first one gained is no suspect beside it. */
const LEAST_SHARE = 0.1;
/** Shares of the progress: each snapshot, the traffic between them, and the rest for the comparison. */
const SHARE = { snapshot: 0.25, traffic: 0.25 };

export function createDeepLook(sources: DeepSources): DeepLook {
  const { clock, growthPerSecond, answers, captures, allowed, compare } = sources;
  let found: { readonly atMs: number; readonly holders: readonly HolderSuspect[] } | undefined;
  const isFresh = (): boolean => found !== undefined && clock.monotonic() - found.atMs < STANDS_MS;

  function waitSeconds(): number {
    const rate = growthPerSecond() ?? 0;
    const { least, most, unknown } = WAIT_SECONDS;
    return rate > 0 ? Math.min(most, Math.max(least, TELLING_BYTES / rate)) : unknown;
  }

  async function run({ signal, report }: OperationContext): Promise<readonly HolderSuspect[]> {
    const request = { trigger: 'deep' };
    const part =
      (from: number, share: number): OperationContext['report'] =>
      (progress, step) =>
        report(from + share * progress, step);
    const snapshot = async (from: number): Promise<string> => {
      const context = { signal, report: part(from, SHARE.snapshot) };
      return (await captures.take(request, await allowed(request), context)).snapshot.id;
    };
    const first = await snapshot(0);
    report(SHARE.snapshot, 'letting traffic pass');
    await wait(waitSeconds(), [signal]);
    const last = await snapshot(SHARE.snapshot + SHARE.traffic);
    const left = 2 * SHARE.snapshot + SHARE.traffic;
    const comparison = await compare([first, last], signal, part(left, 1 - left));
    const holders = suspectsOf(comparison, [first, last]);
    found = { atMs: clock.monotonic(), holders };
    return holders;
  }

  return {
    async look() {
      if (isFresh()) return { state: 'ready', answer: found!.holders };
      const known = answers.running<readonly HolderSuspect[]>('deep');
      if (known !== undefined) return known;
      await allowed({});
      answers.forget('deep');
      return answers.ask('deep', { kind: 'deep', run });
    },
    get holders() {
      return isFresh() ? found!.holders : [];
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
