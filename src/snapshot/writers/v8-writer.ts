import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import v8 from 'node:v8';
import type { Clock } from '../../base/clock.js';
import { createBlockedTime, watchEventLoop, type BlockedTime } from './blocked-time.js';
import type { ChildFault } from './child-end.js';
import { outcomeOf } from './outcome.js';
import { watchReader, type WatchedReader } from './reader.js';
import { createWatchdog, type WatchdogLimits } from './watchdog.js';
import type { Attempt, CaptureRequest, SnapshotWriter } from './writer.js';

export interface StreamTools {
  readonly clock: Clock;
  readonly limits: WatchdogLimits;
}

/** Time between the two pauses, enough to answer a liveness probe. */
const BREAK_MS = 20;

/**
 * Snapshots in this process with V8's own stream. Works everywhere, and blocks the event loop twice, each time for about
 * half of the whole: while V8 walks the heap and while it writes. (Node lets V8 write everything at once, so the file stays
 * in this process's memory until the reader has taken it.)
 */
export function createV8Writer(tools: StreamTools): SnapshotWriter {
  return { name: 'v8', capture: async (request) => outcomeOf('v8', [await attemptStream(tools, request)]) };
}

async function attemptStream(tools: StreamTools, request: CaptureRequest): Promise<Attempt> {
  const { clock } = tools;
  const startMs = clock.monotonic();
  const blocked = createBlockedTime(clock);
  const loop = watchEventLoop(clock, blocked);
  const stop = new Stop(request.signal);
  let reader: WatchedReader | undefined;
  let writtenBytes: number | undefined;
  try {
    stop.check();
    reader = watchReader(request.spawnReader, 'pipe');
    writtenBytes = await pour(reader, tools, stop, blocked);
  } catch (error) {
    const detail = reader?.gone() ?? (error instanceof Error ? error.message : String(error));
    stop.with({ fault: 'reader', detail });
    reader?.process.stdin?.destroy();
  } finally {
    loop.stop();
    stop.release();
    reader?.release();
  }
  const facts = {
    preparation: 'none',
    pauseMs: blocked.longestMs,
    totalMs: clock.monotonic() - startMs,
    ...(writtenBytes !== undefined && { writtenBytes }),
  } as const;
  if (stop.fault !== undefined) return { outcome: 'failed', ...facts, ...stop.fault };
  if (reader === undefined) throw new Error('nothing can have been written without a reader');
  return { outcome: 'written', ...facts, reader: reader.process };
}

async function pour(
  reader: WatchedReader,
  { limits }: StreamTools,
  stop: Stop,
  blocked: BlockedTime,
): Promise<number> {
  const input = reader.process.stdin;
  if (input === null) throw new Error('it has no standard input');
  const snapshot = blocked.during(() => v8.getHeapSnapshot());
  // Without a turn of the event loop here the two pauses would be one.
  await delay(BREAK_MS);
  let bytes = 0;
  snapshot.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  const watch = watchStream(
    input,
    () => bytes,
    limits,
    (fault) => stop.with(fault),
  );
  try {
    await pipeline(snapshot, input, { signal: stop.signal });
  } finally {
    watch.stop();
  }
  return bytes;
}

const LOOK_MS = 250;

/**
 * Calls `onFault` once if the reader takes nothing of what was written to it for too long. Only time in which the event
 * loop runs counts: while V8 blocks it, nothing can be handed on.
 */
function watchStream(
  input: Writable,
  givenBytes: () => number,
  limits: WatchdogLimits,
  onFault: (fault: ChildFault) => void,
): { stop(): void } {
  let freeMs = 0;
  const watchdog = createWatchdog(limits, 0);
  const timer = setInterval(() => {
    freeMs += LOOK_MS;
    const state = watchdog.look(freeMs, { writtenBytes: givenBytes() - input.writableLength });
    if (state === 'going') return;
    clearInterval(timer);
    onFault({
      fault: state,
      detail: `the reader took nothing for ${limits.stallMs / 1000} s, or too long in all`,
    });
  }, LOOK_MS).unref();
  return { stop: () => clearInterval(timer) };
}

/** Keeps the first reason to stop, and aborts the stream for it. */
class Stop {
  fault: ChildFault | undefined;
  readonly #controller = new AbortController();
  readonly #cancel = (): void => this.with({ fault: 'cancelled', detail: 'asked to stop' });
  readonly #outer: AbortSignal | undefined;

  constructor(outer: AbortSignal | undefined) {
    this.#outer = outer;
    outer?.addEventListener('abort', this.#cancel, { once: true });
    if (outer?.aborted === true) this.#cancel();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  with(fault: ChildFault): void {
    this.fault ??= fault;
    this.#controller.abort();
  }

  check(): void {
    this.signal.throwIfAborted();
  }

  release(): void {
    this.#outer?.removeEventListener('abort', this.#cancel);
  }
}
