import type { ChildProcess } from 'node:child_process';
import type { Admission, AdmittedRun, CostMeter } from '../../cost/admission.js';
import { TidemarkError } from '../../base/errors.js';
import type { OperationContext } from '../../cost/operations.js';
import { startAnalysis, type AnalysisChild } from '../analysis/client.js';
import type { StorePlace } from '../analysis/messages.js';
import { learnCosts, priorCosts } from '../preflight/costs.js';
import { checkSurvival, predict, type Preflight, type PreflightReadings } from '../preflight/preflight.js';
import { createPreflightReader } from '../preflight/readings.js';
import type { SnapshotDescription, SnapshotMetadata } from '../store/metadata.js';
import type { WriterChoice } from '../writers/choice.js';
import type { CaptureWritten, WriterName } from '../writers/writer.js';
import type { SnapshotWriters } from '../writers/writers.js';

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

/** A stored snapshot and what it cost. */
export interface SnapshotTaken {
  readonly snapshot: SnapshotMetadata;
  readonly writer: WriterName;
  readonly attempts: number;
  readonly pauseMs: number;
  readonly totalMs: number;
}

export interface CaptureSources {
  readonly place: StorePlace;
  readonly allowRaw: boolean;
  readonly writers: SnapshotWriters;
  readonly admission: Admission;
  /** The name of the current verdict. */
  verdict(): string | undefined;
  /** Counts a pause, milliseconds. */
  charge(pauseMs: number): void;
  /** @throws TIDEMARK_ERR_SNAPSHOT_DIRECTORY */
  openStore(): Promise<unknown>;
  /** Removes files that killed processes left in the store. Never rejects. */
  removeLeftovers(): Promise<unknown>;
}

/** A capture that was admitted; whoever asked for it has to run it. */
export type AdmittedCapture = (context: OperationContext) => Promise<SnapshotTaken>;

/** Takes snapshots and stores them, and learns what they cost. */
export interface Captures {
  preflight(writer?: WriterName): Promise<PreflightReport>;
  /**
   * Decides whether a snapshot may be taken now.
   *
   * @throws TIDEMARK_ERR_SNAPSHOT_RAW, TIDEMARK_ERR_SNAPSHOT_DIRECTORY, TIDEMARK_ERR_SNAPSHOT_REFUSED with the numbers,
   * and what the admission throws
   */
  admit(request: SnapshotRequest): Promise<AdmittedCapture>;
}

interface Predicted {
  readonly readings: PreflightReadings;
  readonly expected: PreflightReport;
}

export function createCaptures(sources: CaptureSources): Captures {
  const { place, allowRaw, writers, admission } = sources;
  const read = createPreflightReader();
  let costs = priorCosts;

  async function look(named?: WriterName): Promise<Predicted> {
    const choice = await writers.choice();
    const readings = await read(named ?? choice.writer, place.directory);
    return { readings, expected: { ...predict(readings, costs), choice } };
  }

  /** Redacts and stores what the writer sends. Each attempt of the writer starts a child of its own. */
  async function capture(
    request: SnapshotRequest,
    { readings, expected }: Predicted,
    run: AdmittedRun,
    { signal, report }: OperationContext,
  ): Promise<SnapshotTaken> {
    const { redact = true } = request;
    const { writer } = readings;
    const children = new Map<ChildProcess, AnalysisChild<SnapshotMetadata>>();
    const spawnReader = (stdin: number | 'pipe'): ChildProcess => {
      const child = startAnalysis<'store'>(
        { kind: 'store', ...place, redact, expectedBytes: expected.fileBytes.value },
        { stdin, onProgress: report },
      );
      children.set(child.process, child);
      return child.process;
    };
    const write = async (meter: CostMeter): Promise<CaptureWritten> => {
      report(0, 'writing');
      const outcome = await writers.capture({ writer, signal, spawnReader });
      meter.blocked(outcome.pauseMs);
      sources.charge(outcome.pauseMs);
      costs = learnCosts(costs, { ...readings, outcome });
      if (outcome.outcome === 'failed') throw outcome.error;
      return outcome;
    };
    try {
      const { value: written } = await run(write);
      const child = children.get(written.reader)!;
      child.tell({ type: 'describe', description: describe(request, written, sources.verdict()) });
      const snapshot = await child.until(signal);
      const { attempts, pauseMs, totalMs } = written;
      return { snapshot, writer, attempts: attempts.length, pauseMs, totalMs };
    } catch (error) {
      await end(children.values());
      await sources.removeLeftovers();
      if (!signal.aborted) throw error;
      throw new TidemarkError('TIDEMARK_ERR_SNAPSHOT_CANCELLED', { cause: error });
    }
  }

  return {
    preflight: async (writer) => (await look(writer)).expected,
    async admit(request) {
      if (request.redact === false && !allowRaw) throw new TidemarkError('TIDEMARK_ERR_SNAPSHOT_RAW');
      await sources.openStore();
      const predicted = await look(request.writer);
      const { expected } = predicted;
      if (request.force !== true) checkSurvival(expected);
      const run = admission.admit({ name: 'heap snapshot', expectedMs: expected.pauseMs.value });
      return async (context) => capture(request, predicted, run, context);
    },
  };
}

function describe(
  { label, trigger = 'request', redact = true }: SnapshotRequest,
  { writer, pauseMs }: CaptureWritten,
  verdict: string | undefined,
): SnapshotDescription {
  return {
    writer,
    trigger,
    redacted: redact,
    nodeVersion: process.version,
    pauseMs,
    ...(label !== undefined && { label }),
    ...(verdict !== undefined && { verdict }),
  };
}

async function end(children: Iterable<AnalysisChild<unknown>>): Promise<void> {
  const ended = Array.from(children, (child) => {
    child.process.kill('SIGKILL');
    return child.result;
  });
  await Promise.allSettled(ended);
}
