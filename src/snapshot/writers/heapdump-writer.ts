import { closeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../base/clock.js';
import { createBlockedTime } from './blocked-time.js';
import type { ChildFault } from './child-end.js';
import { openPipe, type NativeFork } from './native.js';
import { outcomeOf } from './outcome.js';
import { watchReader, type WatchedReader } from './reader.js';
import type { WatchdogLimits } from './watchdog.js';
import type { Attempt, CaptureRequest, SnapshotWriter } from './writer.js';

/** The part of the package `heapdump` that is used. It writes synchronously and calls back on a later tick. */
export interface Heapdump {
  writeSnapshot(path: string, done: (error: Error | null, path?: string) => void): unknown;
}

export interface HeapdumpTools {
  /** heapdump opens a path, and only a real pipe has one. */
  readonly native: NativeFork;
  readonly clock: Clock;
  readonly limits: WatchdogLimits;
  readonly load?: () => Heapdump;
}

/** Loads the optional peer without letting it take over SIGUSR2. @throws Error when it is not installed */
export function loadHeapdump(require: (id: string) => unknown = createRequire(import.meta.url)): Heapdump {
  const before = process.env['NODE_HEAPDUMP_OPTIONS'];
  process.env['NODE_HEAPDUMP_OPTIONS'] = 'nosignal';
  try {
    return require('heapdump') as Heapdump;
  } finally {
    if (before === undefined) delete process.env['NODE_HEAPDUMP_OPTIONS'];
    else process.env['NODE_HEAPDUMP_OPTIONS'] = before;
  }
}

/** Snapshots in this process with the package `heapdump`, which blocks the event loop the whole time. */
export function createHeapdumpWriter(tools: HeapdumpTools): SnapshotWriter {
  return {
    name: 'heapdump',
    capture: async (request) => outcomeOf('heapdump', [await attemptHeapdump(tools, request)]),
  };
}

async function attemptHeapdump(tools: HeapdumpTools, request: CaptureRequest): Promise<Attempt> {
  const { clock, limits } = tools;
  const startMs = clock.monotonic();
  const blocked = createBlockedTime(clock);
  let fault: ChildFault | undefined;
  let reader: WatchedReader | undefined;
  let writeEnd = -1;
  let guard: Worker | undefined;
  try {
    const heapdump = (tools.load ?? loadHeapdump)();
    const pipe = openPipe(tools.native);
    writeEnd = pipe.writeEnd;
    try {
      reader = watchReader(request.spawnReader, pipe.readEnd);
    } finally {
      closeSync(pipe.readEnd);
    }
    guard = await guardReader(reader, limits.deadlineMs);
    fault = endedEarly(request, reader);
    if (fault === undefined) {
      const error = await blocked.during(() => write(heapdump, `/proc/self/fd/${writeEnd}`));
      if (error !== undefined) fault = { fault: 'reader', detail: reader.gone() ?? error.message };
    }
  } catch (error) {
    fault = {
      fault: 'refused',
      detail: error instanceof Error ? error.message.split('\n', 1).join() : String(error),
    };
  } finally {
    if (writeEnd >= 0) closeSync(writeEnd);
    await guard?.terminate();
    reader?.release();
  }
  const facts = {
    preparation: 'none',
    pauseMs: blocked.longestMs,
    totalMs: clock.monotonic() - startMs,
  } as const;
  if (fault !== undefined) return { outcome: 'failed', ...facts, ...fault };
  if (reader === undefined) throw new Error('nothing can have been written without a reader');
  return { outcome: 'written', ...facts, reader: reader.process };
}

function endedEarly({ signal }: CaptureRequest, reader: WatchedReader): ChildFault | undefined {
  if (signal?.aborted === true) return { fault: 'cancelled', detail: 'asked to stop' };
  const gone = reader.gone();
  return gone === undefined ? undefined : { fault: 'reader', detail: gone };
}

function write(heapdump: Heapdump, path: string): Promise<Error | undefined> {
  return new Promise((resolve) => {
    heapdump.writeSnapshot(path, (error) => resolve(error ?? undefined));
  });
}

/**
 * While heapdump writes, this thread is blocked and cannot end a reader that hangs; another thread can. The write then
 * fails, and the server goes on.
 */
async function guardReader(reader: WatchedReader, deadlineMs: number): Promise<Worker> {
  const code = `const { pid, deadlineMs } = require('node:worker_threads').workerData;
setTimeout(() => { try { process.kill(pid, 'SIGKILL'); } catch {} }, deadlineMs);`;
  const guard = new Worker(code, {
    eval: true,
    workerData: { pid: reader.process.pid, deadlineMs },
    execArgv: [],
  });
  await once(guard, 'online');
  return guard;
}
