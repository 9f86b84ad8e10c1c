import { startAnalysis, type AnalysisChild } from '../analysis/client.js';
import type { StorePlace } from '../analysis/messages.js';
import type { Admission } from '../../cost/admission.js';
import { TidemarkError } from '../../base/errors.js';
import type { OperationContext } from '../../cost/operations.js';
import { learnCosts, priorCosts } from '../preflight/costs.js';
import { createPreflightReader } from '../preflight/readings.js';
import { preflight, type Preflight } from '../preflight/preflight.js';
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

/** A snapshot that was stored, and what it cost. */
export interface SnapshotTaken {
  readonly snapshot: SnapshotMetadata;
  readonly writer: WriterName;
  readonly attempts: number;
  readonly pauseMs: number;
  readonly totalMs: number;
}

export interface CaptureSources {
  readonly place: StorePlace;
  readonly writers: SnapshotWriters;
  readonly admission: Admission;
  /** The name of the verdict now. */
  readonly verdict: () => string | undefined;
  /** Told of every pause, milliseconds. */
  readonly paid: (costMs: number) => void;
  /** Removes from the store what processes that are gone have left in it. Never rejects. */
  readonly sweep: () => Promise<unknown>;
}

/** Takes snapshots into a store, and learns what they cost. */
export interface Captures {
  foresee(writer?: WriterName): Promise<PreflightReport>;
  take(request: SnapshotRequest, expected: Preflight, context: OperationContext): Promise<SnapshotTaken>;
}

export function createCaptures(sources: CaptureSources): Captures {
  const { place, writers, admission, verdict, paid, sweep } = sources;
  const read = createPreflightReader();
  let costs = priorCosts;

  function descriptionOf(
    { label, trigger = 'request', redact = true }: SnapshotRequest,
    { writer, pauseMs }: CaptureWritten,
  ): SnapshotDescription {
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

  /** Ends what is still at work on a capture that failed, and removes what it had begun to store. */
  async function clear(children: Iterable<AnalysisChild<unknown>>): Promise<void> {
    const ended = Array.from(children, (child) => {
      child.process.kill('SIGKILL');
      return child.result;
    });
    await Promise.allSettled(ended);
    await sweep();
  }

  return {
    async foresee(writer) {
      const choice = await writers.choice();
      return { ...preflight(await read(writer ?? choice.writer, place.directory), costs), choice };
    },
    async take(request, expected, { signal, report }) {
      const { redact = true } = request;
      const { writer, fileBytes, pauseMs: expectedPauseMs } = expected;
      const children = new Map<unknown, AnalysisChild<SnapshotMetadata>>();
      report(0, 'writing');
      try {
        // One expensive operation at a time; charged is what the capture stopped the server for.
        const { value: outcome } = await admission.run(
          { name: 'heap snapshot', expectedMs: expectedPauseMs.value },
          async (meter) => {
            const before = await read(writer, place.directory);
            const written = await writers.capture({
              writer,
              signal,
              spawnReader(stdin) {
                const child = startAnalysis<'store'>(
                  { kind: 'store', ...place, redact, expectedBytes: fileBytes.value },
                  { stdin, onProgress: report },
                );
                children.set(child.process, child);
                return child.process;
              },
            });
            meter.blocked(written.pauseMs);
            paid(written.pauseMs);
            costs = learnCosts(costs, { ...before, outcome: written });
            return written;
          },
        );
        if (outcome.outcome === 'failed') throw outcome.error;
        const child = children.get(outcome.reader)!;
        child.tell({ type: 'describe', description: descriptionOf(request, outcome) });
        const snapshot = await child.until(signal);
        const { attempts, pauseMs, totalMs } = outcome;
        return { snapshot, writer, attempts: attempts.length, pauseMs, totalMs };
      } catch (error) {
        await clear(children.values());
        if (!signal.aborted) throw error;
        throw new TidemarkError('TIDEMARK_ERR_SNAPSHOT_CANCELLED', { cause: error });
      }
    },
  };
}
