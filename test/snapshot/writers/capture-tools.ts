import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { childProcesses } from './processes.js';
import { createCollector } from '../../../src/measure/collect.js';
import { systemClock } from '../../../src/base/clock.js';
import type { ForkTools } from '../../../src/snapshot/writers/fork-writer.js';
import { createGcFlags } from '../../../src/snapshot/writers/gc-flags.js';
import { loadNative, type NativeLoad } from '../../../src/snapshot/writers/native.js';
import { readV8Flags } from '../../../src/snapshot/writers/v8-flags.js';
import { defaultLimits } from '../../../src/snapshot/writers/watchdog.js';
import type { SpawnReader } from '../../../src/snapshot/writers/writer.js';
import { skipUnless } from '../../helpers/required-tool.js';

/** What a test that needs the addon hands to tap's `skip` option. */
export function skipWithout(addon: NativeLoad): false | string {
  return skipUnless(addon.loaded, addon.loaded ? '' : `${addon.reason}: ${addon.detail}`);
}

/** The tools of a fork writer, all real; undefined with the reason where there is no native part. */
export async function forkTools(changes: Partial<ForkTools> = {}): Promise<ForkTools | string> {
  const load = loadNative();
  const missing = skipWithout(load);
  if (missing !== false || !load.loaded) return String(missing);
  const { values } = await readV8Flags();
  const collector = createCollector();
  return {
    native: load.native,
    flags: createGcFlags(values),
    collect: () => void collector.collect(),
    clock: systemClock,
    limits: defaultLimits,
    settleSeconds: 0.3,
    ...changes,
  };
}

export function temporaryFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-snapshot-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A reader that stores what it gets, and ends with its input. */
export function fileReader(path: string): SpawnReader {
  return (stdin) =>
    spawn('dd', [`of=${path}`, 'bs=64k', 'status=none'], { stdio: [stdin, 'inherit', 'inherit'] });
}

/** A reader that reads nothing: the child fills the pipe and waits. It is gone with {@link endIdleReaders}. */
export const idleReader: SpawnReader = (stdin) =>
  spawn('sleep', ['600'], { stdio: [stdin, 'ignore', 'ignore'] });

export function endIdleReaders(): void {
  for (const { pid, name } of childProcesses()) if (name === 'sleep') process.kill(pid);
}

export async function ended(child: ChildProcess): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.signalCode ?? child.exitCode;
}

export interface ParsedSnapshot {
  readonly snapshot: {
    readonly node_count: number;
    readonly edge_count: number;
    readonly meta: { readonly node_fields: readonly string[]; readonly edge_fields: readonly string[] };
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

/** Parses a snapshot file, and refuses one whose sections are not as long as its head says. */
export function parseSnapshot(path: string): ParsedSnapshot {
  const parsed = JSON.parse(readFileSync(path, 'utf8')) as ParsedSnapshot;
  const { node_count, edge_count, meta } = parsed.snapshot;
  if (node_count === 0 || parsed.nodes.length !== node_count * meta.node_fields.length)
    throw new Error('nodes are missing');
  if (edge_count === 0 || parsed.edges.length !== edge_count * meta.edge_fields.length)
    throw new Error('edges are missing');
  return parsed;
}

const OBJECT = 3;

/** Objects of a class that are alive in the snapshot. */
export function countInstances({ snapshot, nodes, strings }: ParsedSnapshot, name: string): number {
  const width = snapshot.meta.node_fields.length;
  const index = strings.indexOf(name);
  let count = 0;
  for (let at = 0; at < nodes.length; at += width) {
    if (nodes[at] === OBJECT && nodes[at + 1] === index) count += 1;
  }
  return count;
}
