import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { getSystemErrorName } from 'node:util';
import { packageFolder } from '../../base/package-folders.js';

/** What native/fork.c exports; the comments there say what each returns. */
export interface NativeFork {
  pipe(ends: Int32Array): number;
  fork(output: number, facts: Int32Array): number;
  poll(pid: number, reap: boolean): number;
  exit(code: number): never;
}

/** Why there is no native part: what the installation left, or what loading it met. */
export interface NativeMissing {
  readonly reason: string;
  readonly detail: string;
}

export type NativeLoad =
  | { readonly loaded: true; readonly native: NativeFork; readonly path: string }
  | ({ readonly loaded: false } & NativeMissing);

/** Where scripts/build-native.js puts the addon and its marker. */
const buildFolder = new URL('native/build/', packageFolder);

/** Loads the addon that was built at install. Never throws; what is missing is said as the reason. */
export function loadNative(folder: URL = buildFolder): NativeLoad {
  if (process.platform !== 'linux') {
    return { loaded: false, reason: 'platform', detail: `${process.platform} is not Linux` };
  }
  const missing = readMarker(folder);
  if (missing !== undefined) return { loaded: false, ...missing };
  const path = fileURLToPath(new URL('fork.node', folder));
  try {
    const native = createRequire(import.meta.url)(path) as NativeFork;
    return { loaded: true, native, path };
  } catch (error) {
    return { loaded: false, reason: 'not loadable', detail: firstLine(error) };
  }
}

function readMarker(folder: URL): NativeMissing | undefined {
  let text: string;
  try {
    text = readFileSync(new URL('status.json', folder), 'utf8');
  } catch {
    return { reason: 'not built: install script did not run', detail: 'npm rebuild tidemark builds it' };
  }
  try {
    const { built, reason, detail } = JSON.parse(text) as Record<string, unknown>;
    return built === true ? undefined : { reason: String(reason), detail: String(detail) };
  } catch (error) {
    return { reason: 'not built: marker unreadable', detail: firstLine(error) };
  }
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error)
    .split('\n', 1)
    .join();
}

const stages = ['start', 'another thread', 'the symbol tables', '/proc/self/smaps', 'madvise', 'fork'];

export type ForkResult =
  { readonly forked: true; readonly pid: number } | { readonly forked: false; readonly detail: string };

/**
 * Forks; `inChild` runs in the child, which must end in it. Synchronous, and blocks for as long as the kernel needs to
 * list and copy the map of memory: 4 ms for a small heap, 30 to 75 ms for one of 220 MB.
 */
export function forkHeap(native: NativeFork, output: number, inChild: () => never): ForkResult {
  const facts = new Int32Array(4);
  const pid = native.fork(output, facts);
  if (pid === 0) inChild();
  const stage = facts[0] ?? 0;
  if (pid < 0) return { forked: false, detail: `${stages[stage] ?? stage}: ${getSystemErrorName(pid)}` };
  return { forked: true, pid };
}

/** A pipe that no other spawned process inherits. @throws Error when there are no descriptors left */
export function openPipe(native: NativeFork): { readonly readEnd: number; readonly writeEnd: number } {
  const ends = new Int32Array(2);
  const error = native.pipe(ends);
  if (error !== 0) throw new Error(`no pipe: ${getSystemErrorName(-error)}`);
  return { readEnd: ends[0] ?? -1, writeEnd: ends[1] ?? -1 };
}
