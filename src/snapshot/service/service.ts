import path from 'node:path';
import { startAnalysis } from '../analysis/client.js';
import type { StorePlace } from '../analysis/messages.js';
import type { ResolvedOptions } from '../../config/options.js';
import type { Admission } from '../../cost/admission.js';
import { TidemarkError } from '../../base/errors.js';
import type { HeapComparison } from '../../heap/comparison/compare.js';
import type { HeapSummary } from '../../heap/summary/summary.js';
import type { Clock } from '../../base/clock.js';
import type { Operation } from '../../cost/operation.js';
import { createOperations, type Operations } from '../../cost/operations.js';
import { openSnapshotStore, type SnapshotStore } from '../store/store.js';
import type { WriterChoice } from '../writers/choice.js';
import type { WriterName } from '../writers/writer.js';
import { createSnapshotWriters, type CaptureCounts } from '../writers/writers.js';
import { createCaptures, type PreflightReport, type SnapshotRequest, type SnapshotTaken } from './capture.js';
import { createDeepLook, type DeepLook } from './deep-look.js';
import { createAnswers, type LongAnswer } from './long-answers.js';
import { checkSurvival } from './survival.js';

/** Heap snapshots of this process: taken, stored, analysed and compared. */
export interface Inspection {
  readonly operations: Operations;
  /** Two snapshots some traffic apart, and who holds what grew between them. */
  readonly deep: DeepLook;
  /** Opened at the first use. @throws TIDEMARK_ERR_SNAPSHOT_DIRECTORY */
  store(): Promise<SnapshotStore>;
  preflight(writer?: WriterName): Promise<PreflightReport>;
  /**
   * Begins a snapshot, after all that could refuse it.
   *
   * @throws TIDEMARK_ERR_SNAPSHOT_REFUSED with the numbers, TIDEMARK_ERR_SNAPSHOT_RAW, or what admission refuses with
   */
  take(
    request: SnapshotRequest,
  ): Promise<{ readonly operation: Operation; readonly done: Promise<SnapshotTaken> }>;
  /** What holds the memory of a snapshot, or the operation that finds out. @throws TIDEMARK_ERR_SNAPSHOT_UNKNOWN */
  analysis(id: string): Promise<LongAnswer<HeapSummary>>;
  /** What grew from the first to the last. @throws TIDEMARK_ERR_SNAPSHOT_UNKNOWN */
  comparison(ids: readonly string[]): Promise<LongAnswer<HeapComparison>>;
  /** Which writer is used and why; the first question begins the test that tells, and is not answered. */
  choice(): WriterChoice | undefined;
  counts(): CaptureCounts;
  close(): Promise<void>;
}

export interface InspectionSources {
  readonly options: Pick<ResolvedOptions, 'snapshots' | 'stateDirectory'>;
  readonly clock: Clock;
  readonly admission: Admission;
  /** The name of the verdict now. */
  readonly verdict: () => string | undefined;
  /** Bytes by which the memory grows each second, as far as that is known. */
  readonly growthPerSecond: () => number | undefined;
  /** Told of every pause, milliseconds. */
  readonly paid: (costMs: number) => void;
  readonly onFault: (error: unknown) => void;
}

export function createInspection(sources: InspectionSources): Inspection {
  const { options, clock, admission, onFault } = sources;
  const { writer, allowRaw, maxCount, maxBytes, maxAgeSeconds } = options.snapshots;
  const place: StorePlace = {
    directory: path.resolve(options.snapshots.directory ?? path.join(options.stateDirectory, 'snapshots')),
    quota: { maxCount, maxBytes, maxAgeSeconds },
  };
  const operations = createOperations(clock, onFault);
  const answers = createAnswers(operations, clock);
  const writers = createSnapshotWriters({ writer, clock });
  // Opening a store removes what writers that have died left in it.
  const sweep = (): Promise<unknown> => openSnapshotStore({ ...place, clock }).catch(onFault);
  const captures = createCaptures({ ...sources, place, writers, sweep });
  let opened: Promise<SnapshotStore> | undefined;
  const store = (): Promise<SnapshotStore> =>
    (opened ??= openSnapshotStore({ ...place, clock }).catch((error: unknown) => {
      // What stood in the way may be gone next time.
      opened = undefined;
      throw error;
    }));

  async function allowed(request: SnapshotRequest): Promise<PreflightReport> {
    if (request.redact === false && !allowRaw) throw new TidemarkError('TIDEMARK_ERR_SNAPSHOT_RAW');
    await store();
    const expected = await captures.foresee(request.writer);
    if (request.force !== true) checkSurvival(expected);
    admission.check({ name: 'heap snapshot', expectedMs: expected.pauseMs.value });
    return expected;
  }

  const compare = (ids: readonly string[], signal: AbortSignal, report: Report): Promise<HeapComparison> =>
    startAnalysis<'compare'>({ kind: 'compare', ...place, ids }, { onProgress: report }).until(signal);

  return {
    operations,
    store,
    deep: createDeepLook({ ...sources, answers, captures, allowed, compare }),
    preflight: (named) => captures.foresee(named),
    async take(request) {
      const expected = await allowed(request);
      return operations.start({
        kind: 'snapshot',
        run: async (context) => captures.take(request, expected, context),
      });
    },
    async analysis(id) {
      await (await store()).get(id);
      return answers.ask(`analysis ${id}`, {
        kind: 'analysis',
        subject: id,
        run: async ({ signal, report }) =>
          startAnalysis<'analyze'>({ kind: 'analyze', ...place, id }, { onProgress: report }).until(signal),
      });
    },
    async comparison(ids) {
      for (const id of ids) await (await store()).get(id);
      return answers.ask(`comparison ${ids.join(' ')}`, {
        kind: 'comparison',
        subject: ids.join(' '),
        run: async ({ signal, report }) => compare(ids, signal, report),
      });
    },
    choice() {
      const known = writers.knownChoice();
      if (known === undefined) void writers.choice();
      return known;
    },
    counts: () => writers.counts(),
    async close() {
      await writers.close();
      await operations.close();
    },
  };
}

type Report = (progress: number, step?: string) => void;
