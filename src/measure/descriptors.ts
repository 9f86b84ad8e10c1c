import { readFileSync, readdirSync, statSync } from 'node:fs';
import type { DescriptorsReading } from './reading.js';

export interface DescriptorSource {
  /** `st_size` of the process's descriptor folder. */
  folderSize(): number;
  /** Entries of that folder, the descriptor that lists it among them. */
  countEntries(): number;
  /** The text of `/proc/self/limits`. */
  limits(): string;
}

const procDescriptors: DescriptorSource = {
  folderSize: () => statSync('/proc/self/fd').size,
  countEntries: () => readdirSync('/proc/self/fd').length,
  limits: () => readFileSync('/proc/self/limits', 'utf8'),
};

/** The soft limit of open files in the text of `/proc/self/limits`; `undefined` when there is none. */
export function softDescriptorLimit(limits: string): number | undefined {
  const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
  if (soft === undefined || soft === 'unlimited') return undefined;
  const limit = Number(soft);
  if (!Number.isSafeInteger(limit)) throw new Error(`cannot read the limit of open files: ${soft}`);
  return limit;
}

/**
 * Returns a probe of this process's open file descriptors; absent where there is no `/proc`.
 *
 * Since Linux 6.2 the size of `/proc/self/fd` is the number of descriptors: 5 µs however many are open. Older kernels
 * say 0, and then the folder is listed: 0.5 ms for 1,000 descriptors, 6 ms for 10,000 (wrap in `rareWhenSlow`).
 */
export function createDescriptorsProbe(
  source: DescriptorSource = procDescriptors,
): () => DescriptorsReading | undefined {
  return () => {
    let size: number;
    try {
      size = source.folderSize();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    const open = size > 0 ? size : source.countEntries() - 1;
    const limit = softDescriptorLimit(source.limits());
    return limit === undefined ? { open } : { open, limit };
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
