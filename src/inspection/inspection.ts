import path from 'node:path';
import { startAnalysis, type AnalysisChild } from '../analysis/client.js';
import type { StorePlace } from '../analysis/messages.js';
import type { ResolvedOptions } from '../config/options.js';
import type { Admission } from '../cost/admission.js';
import { TidemarkError } from '../errors.js';
import type { HeapComparison } from '../heap/comparison/compare.js';
import type { HeapSummary } from '../heap/summary/summary.js';
import type { Clock } from '../measure/clock.js';
import type { Operation } from '../operations/operation.js';
import { createOperations, type OperationContext, type Operations } from '../operations/operations.js';
import { learnCosts, priorCosts } from '../snapshot/preflight-costs.js';
import { createPreflightReader } from '../snapshot/preflight-readings.js';
import { preflight, type Preflight } from '../snapshot/preflight.js';
import type { SnapshotMetadata } from '../snapshot/store/metadata.js';
import { openSnapshotStore, type SnapshotStore } from '../snapshot/store/store.js';
import type { WriterChoice } from '../snapshot/writers/choice.js';
import type { CaptureOutcome, CaptureWritten, WriterName } from '../snapshot/writers/writer.js';
import { createSnapshotWriters, type CaptureCounts } from '../snapshot/writers/writers.js';
import { createAnswers, type LongAnswer } from './long-answers.js';

export interface SnapshotRequest {
  readonly writer?: WriterName;
  /** Default true; a raw snapshot needs `snapshots.allowRaw`. */
  readonly redact?: boolean;
  readonly label?: string;
  /** Takes it although the preflight says that the process would not survive. */
  readonly force?: boolean;
  /** Why it is taken; `request` by default. */
  readonly trigger?: string;
}

export interface PreflightReport extends Preflight {
  readonly choice: WriterChoice;
}

/** A snapshot that was stored, and what it cost. */
export interface SnapshotTaken {
  readonly snapshot: SnapshotMetadata;
  readonly writer: WriterName;
  readonly attempts: number;
  readonly pauseMs: number;
  readonly totalMs: number;
}

/** Heap snapshots of this process: taken, stored, analysed and compared. */
export interface Inspection {
  readonly operations: Operations;
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
  /** Which writer is used and why; undefined until the first question has been answered. */
  knownChoice(): WriterChoice | undefined;
  counts(): CaptureCounts;
  close(): Promise<void>;
}

export interface InspectionSources {
  readonly options: Pick<ResolvedOptions, 'snapshots' | 'stateDirectory'>;
  readonly clock: Clock;
  readonly admission: Admission;
  /** The name of the verdict now. */
  readonly verdict: () => string | undefined;
  /** Told of every pause, milliseconds. */
  readonly paid: (costMs: number) => void;
  readonly onFault: (error: unknown) => void;
}

export function createInspection(sources: InspectionSources): Inspection {
  const { options, clock, admission, verdict, paid, onFault } = sources;
  const { writer, allowRaw, maxCount, maxBytes, maxAgeSeconds } = options.snapshots;
  const place: StorePlace = {
    directory: options.snapshots.directory ?? path.join(options.stateDirectory, 'snapshots'),
    quota: { maxCount, maxBytes, maxAgeSeconds },
  };
  const operations = createOperations(clock, onFault);
  const answers = createAnswers(operations, clock);
  const writers = createSnapshotWriters({ writer, clock });
  const readPreflight = createPreflightReader();
  let costs = priorCosts;
  let opened: Promise<SnapshotStore> | undefined;
  const store = (): Promise<SnapshotStore> =>
    (opened ??= openSnapshotStore({ ...place, clock }).catch((error: unknown) => {
      // What stood in the way may be gone next time.
      opened = undefined;
      throw error;
    }));

  async function foresee(named?: WriterName): Promise<PreflightReport> {
    const choice = await writers.choice();
    return { ...preflight(await readPreflight(named ?? choice.writer, place.directory), costs), choice };
  }

  async function capture(
    request: SnapshotRequest,
    expected: Preflight,
    { signal, report }: OperationContext,
  ): Promise<SnapshotTaken> {
    const redact = request.redact ?? true;
    const children = new Map<unknown, AnalysisChild<SnapshotMetadata>>();
    const before = await readPreflight(expected.writer, place.directory);
    report(0, 'writing');
    const outcome = await paidFor(request, expected, (named) =>
      writers.capture({
        writer: named,
        signal,
        spawnReader(stdin) {
          const child = startAnalysis<'store'>(
            { kind: 'store', ...place, redact, expectedBytes: expected.fileBytes.value },
            { stdin, onProgress: report },
          );
          children.set(child.process, child);
          return child.process;
        },
      }),
    );
    costs = learnCosts(costs, { ...before, outcome });
    if (outcome.outcome === 'failed') throw outcome.error;
    const child = children.get(outcome.reader)!;
    const onAbort = (): void => void outcome.reader.kill('SIGKILL');
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      child.tell({ type: 'describe', description: descriptionOf(request, outcome) });
      const snapshot = await child.result;
      const { attempts, pauseMs, totalMs } = outcome;
      return { snapshot, writer: outcome.writer, attempts: attempts.length, pauseMs, totalMs };
    } catch (error) {
      if (signal.aborted) throw new TidemarkError('TIDEMARK_ERR_SNAPSHOT_CANCELLED', { cause: error });
      throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** One expensive operation at a time; charged is what the capture stopped the server for. */
  async function paidFor(
    { writer: named }: SnapshotRequest,
    { writer: foreseen, pauseMs }: Preflight,
    run: (writer: WriterName) => Promise<CaptureOutcome>,
  ): Promise<CaptureOutcome> {
    const { value } = await admission.run(
      { name: 'heap snapshot', expectedMs: pauseMs.value },
      async (meter) => {
        const outcome = await run(named ?? foreseen);
        meter.blocked(outcome.pauseMs);
        paid(outcome.pauseMs);
        return outcome;
      },
    );
    return value;
  }

  function descriptionOf(
    { label, trigger = 'request', redact = true }: SnapshotRequest,
    { writer, pauseMs }: CaptureWritten,
  ): Parameters<AnalysisChild<SnapshotMetadata>['tell']>[0]['description'] {
    const judged = verdict();
    return {
      writer,
      trigger,
      redacted: redact,
      nodeVersion: process.version,
      pauseMs,
      ...(label !== undefined && { label }),
      ...(judged !== undefined && { verdict: judged }),
    };
  }

  /** Runs a child for an answer, and kills it when the operation is cancelled. */
  async function ask<T>(child: AnalysisChild<T>, signal: AbortSignal): Promise<T> {
    const onAbort = (): void => void child.process.kill('SIGKILL');
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await child.result;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  return {
    operations,
    store,
    preflight: foresee,
    async take(request) {
      if (request.redact === false && !allowRaw) throw new TidemarkError('TIDEMARK_ERR_SNAPSHOT_RAW');
      await store();
      const expected = await foresee(request.writer);
      if (expected.survives === 'no' && request.force !== true) throw refusal(expected);
      admission.check({ name: 'heap snapshot', expectedMs: expected.pauseMs.value });
      return operations.start({
        kind: 'snapshot',
        run: async (context) => capture(request, expected, context),
      });
    },
    async analysis(id) {
      await (await store()).get(id);
      return answers.ask(`analysis ${id}`, {
        kind: 'analysis',
        subject: id,
        run: async ({ signal, report }) =>
          ask(startAnalysis<'analyze'>({ kind: 'analyze', ...place, id }, { onProgress: report }), signal),
      });
    },
    async comparison(ids) {
      for (const id of ids) await (await store()).get(id);
      return answers.ask(`comparison ${ids.join(' ')}`, {
        kind: 'comparison',
        subject: ids.join(' '),
        run: async ({ signal, report }) =>
          ask(startAnalysis<'compare'>({ kind: 'compare', ...place, ids }, { onProgress: report }), signal),
      });
    },
    knownChoice: () => writers.knownChoice(),
    counts: () => writers.counts(),
    async close() {
      await writers.close();
      await operations.close();
    },
  };
}

function refusal({ memory, disk, decidedBy, pauseMs }: PreflightReport): TidemarkError {
  const details = Object.entries({ memory, disk }).flatMap(([name, budget]) => {
    if (budget === undefined) return [];
    const { needBytes, freeBytes } = budget;
    const message = `needs ${Math.round(needBytes.low)} to ${Math.round(needBytes.high)} bytes, ${Math.round(freeBytes)} are free`;
    return [{ path: name, message, value: Math.round(freeBytes) }];
  });
  return new TidemarkError('TIDEMARK_ERR_SNAPSHOT_REFUSED', {
    reason: `too little ${decidedBy ?? 'room'}; the pause would be about ${Math.ceil(pauseMs.value)} ms; force: true takes it all the same`,
    details,
  });
}
