import { setTimeout as delay } from 'node:timers/promises';
import v8 from 'node:v8';
import type { Clock } from '../../base/clock.js';
import { faultOf, writeFailedCode, type ChildFault } from './child-end.js';
import { readChildProgress } from './child-progress.js';
import type { NativeFork } from './native.js';
import { createWatchdog, type WatchdogLimits } from './watchdog.js';

/** All that the child does. No asynchronous code would ever run in it. */
export function writeAndExit(native: NativeFork, output: number): never {
  try {
    v8.writeHeapSnapshot(`/proc/self/fd/${output}`);
  } catch {
    return native.exit(writeFailedCode);
  }
  return native.exit(0);
}

export interface Supervision {
  readonly native: NativeFork;
  readonly pid: number;
  readonly clock: Clock;
  readonly limits: WatchdogLimits;
  readonly signal: AbortSignal | undefined;
  /** Why the reader ended; undefined while it lives. */
  readonly readerGone: () => string | undefined;
}

export interface ChildResult {
  readonly fault: ChildFault | undefined;
  readonly writtenBytes?: number;
  readonly addedBytes?: number;
}

const POLL_MS = 25;
/** Progress is read in every fourth poll, the first included. */
const POLLS_PER_LOOK = 4;

/** Watches a child until it ends, kills it if it hangs or is cancelled, and reaps it in every case. */
export async function superviseChild(supervision: Supervision): Promise<ChildResult> {
  const { native, pid, clock, limits } = supervision;
  const watchdog = createWatchdog(limits, clock.monotonic());
  let reason: ChildFault | undefined;
  const forkedBytes = readChildProgress(pid).residentBytes;
  let peakBytes: number | undefined;
  let status = native.poll(pid, false);
  for (let polls = 0; status === -1; polls += 1) {
    if (reason === undefined) {
      reason = cancellation(supervision);
      if (reason === undefined && polls % POLLS_PER_LOOK === 0) {
        const progress = readChildProgress(pid);
        peakBytes = progress.peakResidentBytes ?? peakBytes;
        const state = watchdog.look(clock.monotonic(), progress);
        if (state !== 'going') reason = killReason(state, pid, limits);
      }
      // It is not reaped yet, so its id cannot belong to another process.
      if (reason !== undefined) process.kill(pid, 'SIGKILL');
    }
    // Keeps this process alive: it must not end before the child is reaped.
    await delay(POLL_MS);
    status = native.poll(pid, false);
  }
  const { writtenBytes } = readChildProgress(pid);
  native.poll(pid, true);
  return {
    fault: faultAfter(faultOf(status), reason, supervision),
    ...(writtenBytes !== undefined && { writtenBytes }),
    ...(peakBytes !== undefined && forkedBytes !== undefined && { addedBytes: peakBytes - forkedBytes }),
  };
}

function cancellation({ signal, readerGone }: Supervision): ChildFault | undefined {
  if (signal?.aborted === true) return { fault: 'cancelled', detail: 'asked to stop' };
  const gone = readerGone();
  return gone === undefined ? undefined : { fault: 'reader', detail: gone };
}

/**
 * A child that had ended before the signal reached it tells its own end: it has succeeded, or it crashed and its reader,
 * which then finds its input at an end, was seen to end first.
 */
function faultAfter(
  ended: ChildFault | undefined,
  reason: ChildFault | undefined,
  { readerGone }: Supervision,
): ChildFault | undefined {
  if (ended === undefined) return undefined;
  if (reason !== undefined && (ended.fault === 'killed' || reason.fault === 'cancelled')) return reason;
  return ended.fault === 'reader' ? { fault: 'reader', detail: readerGone() ?? ended.detail } : ended;
}

function killReason(
  state: 'stalled' | 'overdue',
  pid: number,
  { stallMs, deadlineMs }: WatchdogLimits,
): ChildFault {
  const written = readChildProgress(pid).writtenBytes ?? 0;
  return state === 'stalled'
    ? {
        fault: 'stalled',
        detail: `no progress for ${stallMs / 1000} s, ${written} bytes written; the child was killed`,
      }
    : {
        fault: 'overdue',
        detail: `not done within ${deadlineMs / 1000} s, ${written} bytes written; the child was killed`,
      };
}
