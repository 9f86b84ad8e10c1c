import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { dirname } from 'node:path';
import { locateCgroup } from '../../measure/cgroup-location.js';
import { createCgroupProbe } from '../../measure/cgroup.js';
import { createHeapProbe } from '../../measure/heap.js';
import type { PreflightReadings } from './preflight.js';
import type { WriterName } from '../writers/writer.js';

/** Reads what the prediction needs: a dozen small files, 0.2 ms. What cannot be read is left out. */
export function createPreflightReader(): (writer: WriterName, folder: string) => Promise<PreflightReadings> {
  const readHeap = createHeapProbe();
  const readCgroup = createCgroupProbe();
  return async (writer, folder) => {
    const diskFreeBytes = await freeDiskBytes(folder);
    const { usedBytes, committedBytes } = readHeap();
    const cgroup = orNothing(readCgroup);
    const killsTogether = orNothing(readKillsTogether);
    return {
      writer,
      heapUsedBytes: usedBytes,
      heapCommittedBytes: committedBytes,
      ...(cgroup !== undefined && { cgroup }),
      machineFreeBytes: freemem(),
      ...(diskFreeBytes !== undefined && { diskFreeBytes }),
      ...(killsTogether !== undefined && { killsTogether }),
    };
  };
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Of the nearest folder that exists: the store makes its own when it is first needed. */
async function freeDiskBytes(folder: string): Promise<number | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch {
      if (dirname(at) === at) return undefined;
    }
  }
}

/**
 * Whether a cgroup of this process is killed as a whole (`memory.oom.group`, cgroup v2), as container runtimes set it:
 * then it does not save the server that the child is the first to be killed.
 */
export function readKillsTogether(
  readText: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): boolean | undefined {
  const location = locateCgroup(readText('/proc/self/cgroup'), readText('/proc/self/mountinfo'));
  if (location?.version !== 2) return undefined;
  const texts = location.folders.map((folder) => orNothing(() => readText(`${folder}/memory.oom.group`)));
  return texts.every((text) => text === undefined) ? undefined : texts.some((text) => text?.trim() === '1');
}
