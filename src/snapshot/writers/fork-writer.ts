import { closeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../base/clock.js';
import { createBlockedTime, type BlockedTime } from './blocked-time.js';
import type { ChildFault } from './child-end.js';
import type { GcFlags } from './gc-flags.js';
import { forkHeap, openPipe, type NativeFork } from './native.js';
import { isWorthAnother, outcomeOf } from './outcome.js';
import { watchReader, type WatchedReader } from './reader.js';
import { superviseChild, writeAndExit, type ChildResult } from './snapshot-child.js';
import type { WatchdogLimits } from './watchdog.js';
import type { Attempt, CaptureRequest, SnapshotWriter, WrittenAttempt } from './writer.js';

export interface ForkTools {
  readonly native: NativeFork;
  readonly flags: GcFlags;
  /** One full, synchronous collection; throws where the runtime does not allow one. */
  readonly collect: () => void;
  readonly clock: Clock;
  readonly limits: WatchdogLimits;
  /** Time for jobs of the garbage collector that are under way to end. */
  readonly settleSeconds: number;
}

/**
 * Snapshots from a forked child: the server goes on, and pauses only for the fork. At most two attempts; the second
 * runs a full collection first, which is more reliable and pauses longer.
 */
export function createForkWriter(tools: ForkTools): SnapshotWriter {
  return {
    name: 'fork',
    async capture(request) {
      const first = await attemptFork(tools, 'settle', request);
      if (first.outcome === 'written' || !isWorthAnother(first)) return outcomeOf('fork', [first]);
      return outcomeOf('fork', [first, await attemptFork(tools, 'collect', request)]);
    },
  };
}

/**
 * One fork and one child. A child that is forked during a marking or sweeping job waits for ever for a thread that it does
 * not have. So background collection is disabled first, and then either given time to end (`settle`: no pause, failed in
 * 1 of 30 under load) or ended by a full collection (`collect`).
 */
async function attemptFork(
  tools: ForkTools,
  preparation: 'settle' | 'collect',
  request: CaptureRequest,
): Promise<Attempt> {
  const { clock, flags } = tools;
  const startMs = clock.monotonic();
  const blocked = createBlockedTime(clock);
  const output: Output = { writeEnd: -1, reader: undefined };
  let fault: ChildFault | undefined;
  let result: ChildResult | undefined;
  try {
    fault = blocked.during(() => openOutput(tools.native, request, output));
    if (fault === undefined) {
      blocked.during(() => flags.disableBackgroundGc());
      if (preparation === 'settle') await settle(tools.settleSeconds, request.signal);
      fault = endedEarly(request, output);
    }
    if (fault === undefined) {
      const pid = blocked.during(() => forkNow(tools, preparation, output.writeEnd));
      closeEnd(output);
      result = await superviseChild({
        native: tools.native,
        pid,
        clock,
        limits: tools.limits,
        signal: request.signal,
        readerGone: () => output.reader?.gone(),
      });
      fault = result.fault;
    }
  } catch (error) {
    fault = { fault: 'refused', detail: messageOf(error) };
  } finally {
    flags.restore();
    closeEnd(output);
    output.reader?.release();
  }
  const facts = factsOf(preparation, blocked, clock.monotonic() - startMs, result);
  if (fault !== undefined) return { outcome: 'failed', ...facts, ...fault };
  if (output.reader === undefined) throw new Error('a child cannot have written without a reader');
  return { outcome: 'written', ...facts, reader: output.reader.process };
}

interface Output {
  writeEnd: number;
  reader: WatchedReader | undefined;
}

function openOutput(
  native: NativeFork,
  { spawnReader }: CaptureRequest,
  output: Output,
): ChildFault | undefined {
  const { readEnd, writeEnd } = openPipe(native);
  output.writeEnd = writeEnd;
  try {
    output.reader = watchReader(spawnReader, readEnd);
    return undefined;
  } catch (error) {
    return { fault: 'reader', detail: `the reader did not start: ${messageOf(error)}` };
  } finally {
    closeSync(readEnd);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The reader sees the end of its input only when the last writing end is closed. */
function closeEnd(output: Output): void {
  if (output.writeEnd >= 0) closeSync(output.writeEnd);
  output.writeEnd = -1;
}

async function settle(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(seconds * 1000, undefined, signal === undefined ? {} : { signal });
  } catch {
    // Asked to stop: seen by the caller.
  }
}

function endedEarly({ signal }: CaptureRequest, { reader }: Output): ChildFault | undefined {
  if (signal?.aborted === true) return { fault: 'cancelled', detail: 'asked to stop' };
  const gone = reader?.gone();
  return gone === undefined ? undefined : { fault: 'reader', detail: gone };
}

/** Synchronous from the collection to the fork, so that no allocation in between starts another collection. */
function forkNow(
  { native, flags, collect }: ForkTools,
  preparation: 'settle' | 'collect',
  output: number,
): number {
  if (preparation === 'collect') collect();
  const result = forkHeap(native, output, () => writeAndExit(native, output));
  flags.restore();
  if (!result.forked) throw new Error(`no fork, ${result.detail}`);
  return result.pid;
}

function factsOf(
  preparation: 'settle' | 'collect',
  { longestMs }: BlockedTime,
  totalMs: number,
  { writtenBytes, addedBytes }: Omit<ChildResult, 'fault'> = {},
): Omit<WrittenAttempt, 'outcome' | 'reader'> {
  return {
    preparation,
    pauseMs: longestMs,
    totalMs,
    ...(writtenBytes !== undefined && { writtenBytes }),
    ...(addedBytes !== undefined && { addedBytes }),
  };
}
