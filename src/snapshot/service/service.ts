import path from 'node:path';
import type { Clock } from '../../base/clock.js';
import type { ResolvedOptions } from '../../config/options.js';
import type { Admission } from '../../cost/admission.js';
import type { Operation, OperationContext, Operations } from '../../cost/operations.js';
import type { HeapComparison } from '../../heap/comparison/compare.js';
import type { HeapSummary } from '../../heap/summary/summary.js';
import type { Sample } from '../../measure/reading.js';
import { isAllegation } from '../../verdict/standing.js';
import type { Judgement } from '../../verdict/verdict.js';
import { startAnalysis } from '../analysis/client.js';
import type { StorePlace } from '../analysis/messages.js';
import { openSnapshotStore, type SnapshotStore } from '../store/store.js';
import type { WriterChoice } from '../writers/choice.js';
import type { WriterName } from '../writers/writer.js';
import { createSnapshotWriters, type CaptureCounts } from '../writers/writers.js';
import { createAutomaticSnapshots } from './automatic.js';
import { createCaptures, type PreflightReport, type SnapshotRequest, type SnapshotTaken } from './capture.js';
import { createDeepLook, type DeepLook } from './deep-look.js';
import { createLongAnswers, type LongAnswer } from './long-answers.js';

/** Takes, stores, analyses and compares heap snapshots of this process. */
export interface SnapshotService {
  /** Two snapshots some traffic apart, and who holds what grew between them. */
  readonly deep: DeepLook;
  /** Opened at the first use. @throws TIDEMARK_ERR_SNAPSHOT_DIRECTORY */
  store(): Promise<SnapshotStore>;
  preflight(writer?: WriterName): Promise<PreflightReport>;
  /**
   * Begins a snapshot, after all that could refuse it.
   *
   * @throws TIDEMARK_ERR_SNAPSHOT_REFUSED with the numbers, TIDEMARK_ERR_SNAPSHOT_RAW, TIDEMARK_ERR_SNAPSHOT_DIRECTORY,
   * and what the admission throws
   */
  take(
    request: SnapshotRequest,
  ): Promise<{ readonly operation: Operation; readonly done: Promise<SnapshotTaken> }>;
  /** What holds the memory of a snapshot, or the operation that finds out. @throws TIDEMARK_ERR_SNAPSHOT_UNKNOWN */
  analysis(id: string): Promise<LongAnswer<HeapSummary>>;
  /** What grew from the first to the last. @throws TIDEMARK_ERR_SNAPSHOT_UNKNOWN */
  comparison(ids: readonly string[]): Promise<LongAnswer<HeapComparison>>;
  /** Which writer is used and why; undefined until the self-test that the first call starts has ended. */
  choice(): WriterChoice | undefined;
  counts(): CaptureCounts;
  /** Begins to take snapshots automatically, as far as the options want any. */
  start(): void;
  /** Cancels what runs, and resolves when all of it has ended. */
  close(): Promise<void>;
}

/** What the service needs of the process that it serves. */
export interface SnapshotHost {
  readonly options: Pick<ResolvedOptions, 'snapshots' | 'stateDirectory'>;
  readonly clock: Clock;
  readonly admission: Admission;
  readonly operations: Operations;
  judgement(): Judgement | undefined;
  /** Resolves once what nobody asked for does not stand in the way. */
  makeWay(): Promise<void>;
  /** The newest sample. */
  latest(): Pick<Sample, 'heap' | 'limit'>;
  /** Counts a pause, milliseconds. */
  charge(pauseMs: number): void;
}

/** A pino logger fits. */
export interface SnapshotLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
}

export function createSnapshotService(host: SnapshotHost, log: SnapshotLog): SnapshotService {
  const { options, clock, admission, operations } = host;
  const { writer, allowRaw, maxCount, maxBytes, maxAgeSeconds } = options.snapshots;
  const place: StorePlace = {
    directory: path.resolve(options.snapshots.directory ?? path.join(options.stateDirectory, 'snapshots')),
    quota: { maxCount, maxBytes, maxAgeSeconds },
  };
  const answers = createLongAnswers(operations, clock);
  const writers = createSnapshotWriters({ writer, clock });
  let opened: Promise<SnapshotStore> | undefined;
  const store = (): Promise<SnapshotStore> =>
    (opened ??= openSnapshotStore({ ...place, clock }).catch((error: unknown) => {
      // What stood in the way may be gone next time.
      opened = undefined;
      throw error;
    }));
  const captures = createCaptures({
    place,
    allowRaw,
    writers,
    admission,
    verdict: () => host.judgement()?.verdict,
    charge: (pauseMs) => host.charge(pauseMs),
    openStore: store,
    // Opening a store removes what writers that have died left in it.
    removeLeftovers: async () =>
      openSnapshotStore({ ...place, clock }).catch((err: unknown) =>
        log.warn({ part: 'snapshots', err }, 'tidemark: what is left of snapshots could not be removed'),
      ),
  });

  async function take(request: SnapshotRequest): ReturnType<SnapshotService['take']> {
    await host.makeWay();
    return operations.start({ kind: 'snapshot', run: await captures.admit(request) });
  }

  const compare = (ids: readonly string[], { signal, report }: OperationContext): Promise<HeapComparison> =>
    startAnalysis<'compare'>({ kind: 'compare', ...place, ids }, { onProgress: report }).until(signal);

  const automatic = createAutomaticSnapshots({
    clock,
    options: options.snapshots,
    stateDirectory: options.stateDirectory,
    snapshots: { preflight: captures.preflight, take },
    log,
    read() {
      const { heap, limit } = host.latest();
      const judgement = host.judgement();
      return {
        isAlleged: judgement !== undefined && isAllegation(judgement),
        usedRatio: heap && limit && heap.usedBytes / limit.bytes,
      };
    },
  });

  return {
    store,
    take,
    preflight: captures.preflight,
    deep: createDeepLook({
      answers,
      captures,
      compare,
      growthPerSecond() {
        const judgement = host.judgement();
        return judgement && 'growth' in judgement ? judgement.growth.bytesPerSecond.value : undefined;
      },
    }),
    async analysis(id) {
      await (await store()).get(id);
      return answers.ask({
        key: `analysis ${id}`,
        kind: 'analysis',
        subject: id,
        prepare:
          async () =>
          async ({ signal, report }) =>
            startAnalysis<'analyze'>({ kind: 'analyze', ...place, id }, { onProgress: report }).until(signal),
      });
    },
    async comparison(ids) {
      for (const id of ids) await (await store()).get(id);
      const subject = ids.join(' ');
      return answers.ask({
        key: `comparison ${subject}`,
        kind: 'comparison',
        subject,
        prepare: async () => async (context) => compare(ids, context),
      });
    },
    choice() {
      const known = writers.knownChoice();
      if (known === undefined) void writers.choice();
      return known;
    },
    counts: () => writers.counts(),
    start: () => automatic.start(),
    async close() {
      const stopped = automatic.stop();
      writers.close();
      await operations.close();
      await stopped;
    },
  };
}
