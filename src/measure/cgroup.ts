import { readFileSync } from 'node:fs';
import { locateCgroup, type CgroupLocation } from './cgroup-location.js';
import type { CgroupReading } from './reading.js';

/** What the probe needs of a file system; `readText` throws an error with code `ENOENT` when there is no such file. */
export interface CgroupFiles {
  readText(path: string): string;
}

const systemFiles: CgroupFiles = { readText: (path) => readFileSync(path, 'utf8') };

interface FileNames {
  readonly usage: string;
  readonly limit: string;
  readonly high?: string;
  readonly inactiveFile: RegExp;
  /** The smallest limit of all ancestors, including those outside the mount. */
  readonly hierarchyLimit?: RegExp;
}

const fileNames: Record<1 | 2, FileNames> = {
  1: {
    usage: 'memory.usage_in_bytes',
    limit: 'memory.limit_in_bytes',
    // The total of the hierarchy, because usage includes the children.
    inactiveFile: /^total_inactive_file (\d+)$/m,
    hierarchyLimit: /^hierarchical_memory_limit (\d+)$/m,
  },
  2: {
    usage: 'memory.current',
    limit: 'memory.max',
    high: 'memory.high',
    inactiveFile: /^inactive_file (\d+)$/m,
  },
};

/** v1 writes "no limit" as LONG_MAX rounded down to a page; no machine has a limit this high. */
const unlimitedFromBytes = 2 ** 60;

/**
 * Returns a probe of the memory cgroup this process lives in, v1 or v2: the smallest limit on the way from its own group
 * to the mount's root, and the usage of the group that sets it. `undefined` when there is no such group (not Linux, no
 * cgroup file system, the root group of a bare host).
 *
 * The probe throws on a real fault (an unreadable file, an invalid number). A tick reads five to ten small files, 70 µs in
 * all; the group is located again only when `/proc/self/cgroup` changes.
 */
export function createCgroupProbe(files: CgroupFiles = systemFiles): () => CgroupReading | undefined {
  let known: { text: string; location: CgroupLocation | undefined } | undefined;
  return () => {
    const text = readIfThere(files, '/proc/self/cgroup');
    if (text === undefined) return undefined;
    if (known === undefined || known.text !== text) {
      const mountinfo = readIfThere(files, '/proc/self/mountinfo') ?? '';
      known = { text, location: locateCgroup(text, mountinfo) };
    }
    return known.location === undefined ? undefined : readGroup(files, known.location);
  };
}

function readGroup(files: CgroupFiles, { version, folders }: CgroupLocation): CgroupReading | undefined {
  const names = fileNames[version];
  let ownFolder: string | undefined;
  let usageFolder: string | undefined;
  let limitBytes: number | undefined;
  let highBytes: number | undefined;
  for (const folder of folders) {
    const limit = readBytes(files, `${folder}/${names.limit}`);
    const high = names.high === undefined ? undefined : readBytes(files, `${folder}/${names.high}`);
    // A group without the memory controller has no such files; its nearest ancestor counts.
    if (limit !== undefined) ownFolder ??= folder;
    if (isSmaller(limit, limitBytes)) {
      limitBytes = limit;
      usageFolder = folder;
    }
    if (isSmaller(high, highBytes)) highBytes = high;
  }
  usageFolder ??= ownFolder;
  if (usageFolder === undefined) return undefined;
  const usageBytes = readBytes(files, `${usageFolder}/${names.usage}`);
  if (usageBytes === undefined) return undefined;
  const stat = readIfThere(files, `${usageFolder}/memory.stat`) ?? '';
  const inactiveFileBytes = statBytes(stat, names.inactiveFile);
  const hierarchyLimit =
    names.hierarchyLimit === undefined ? undefined : statBytes(stat, names.hierarchyLimit);
  if (isSmaller(hierarchyLimit, limitBytes)) limitBytes = hierarchyLimit;
  return {
    version,
    usageBytes,
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(highBytes === undefined ? {} : { highBytes }),
    ...(inactiveFileBytes === undefined ? {} : { inactiveFileBytes }),
  };
}

function isSmaller(candidate: number | undefined, smallest: number | undefined): candidate is number {
  if (candidate === undefined || candidate >= unlimitedFromBytes) return false;
  return smallest === undefined || candidate < smallest;
}

/** Bytes in a file of one number, `Infinity` for "max", `undefined` when there is no file. */
function readBytes(files: CgroupFiles, path: string): number | undefined {
  const text = readIfThere(files, path)?.trim();
  if (text === undefined) return undefined;
  if (text === 'max') return Infinity;
  if (!/^\d+$/.test(text)) throw new Error(`${path} holds no number of bytes: ${text.slice(0, 40)}`);
  return Number(text);
}

function statBytes(stat: string, line: RegExp): number | undefined {
  const match = line.exec(stat);
  return match === null ? undefined : Number(match[1]);
}

function readIfThere(files: CgroupFiles, path: string): string | undefined {
  try {
    return files.readText(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    // ENODEV: the group was removed between two reads.
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENODEV') return undefined;
    throw error;
  }
}
