import type { ChildProcess } from 'node:child_process';
import type { SpawnReader } from './writer.js';

export interface WatchedReader {
  readonly process: ChildProcess;
  /** Why it ended; undefined while it lives. */
  gone(): string | undefined;
  /** Stops watching; the caller takes over. */
  release(): void;
}

/** Starts a reader and watches whether it ends. @throws what `spawnReader` throws */
export function watchReader(spawnReader: SpawnReader, stdin: number | 'pipe'): WatchedReader {
  const child = spawnReader(stdin);
  let why: string | undefined;
  const onExit = (code: number | null, signal: string | null): void => {
    why ??= `the reader ended with ${signal ?? `code ${code}`}`;
  };
  const onError = (error: Error): void => {
    why ??= `the reader did not start: ${error.message}`;
  };
  child.on('exit', onExit);
  child.on('error', onError);
  return {
    process: child,
    gone: () => why,
    release() {
      child.off('exit', onExit);
      // The listener for errors stays: a reader that cannot be killed must not throw in the server.
    },
  };
}
