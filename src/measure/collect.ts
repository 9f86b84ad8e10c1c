import v8 from 'node:v8';
import vm from 'node:vm';
import { TidemarkError } from '../base/errors.js';
import { systemClock, type Clock } from '../base/clock.js';
import { createHeapProbe } from './heap.js';
import type { HeapReading } from './reading.js';

export interface Collection {
  readonly before: HeapReading;
  readonly after: HeapReading;
  /** How long the caller, and so the event loop, was blocked. */
  readonly pauseMs: number;
}

export interface Collector {
  /** Whether this runtime can collect on request. The first call looks for the function. */
  readonly available: boolean;
  /**
   * Runs one full, synchronous garbage collection.
   * @throws TidemarkError `TIDEMARK_ERR_GC_UNAVAILABLE` if the runtime cannot.
   */
  collect(): Collection;
}

export interface CollectorSources {
  /** Finds the function that runs a full collection; throws or returns something else if there is none. */
  readonly findGc?: () => unknown;
  readonly readHeap?: () => HeapReading;
  readonly clock?: Clock;
}

/**
 * A full garbage collection without a start flag: `--expose-gc` is raised while a new context is made, whose global
 * then holds `gc`, and lowered again at once so that no other context gets it. The function keeps that one small
 * context alive: `number_of_native_contexts` reads one more from then on.
 */
export function createCollector(sources: CollectorSources = {}): Collector {
  const { findGc = findSystemGc, readHeap = createHeapProbe(), clock = systemClock } = sources;
  let search: { gc?: () => unknown; cause?: unknown } | undefined;
  const find = (): { gc?: () => unknown; cause?: unknown } => (search ??= searchGc(findGc));
  return {
    get available() {
      return find().gc !== undefined;
    },
    collect() {
      const { gc, cause } = find();
      if (gc === undefined) throw new TidemarkError('TIDEMARK_ERR_GC_UNAVAILABLE', { cause });
      const before = readHeap();
      const startMs = clock.monotonic();
      gc();
      const pauseMs = clock.monotonic() - startMs;
      return { before, after: readHeap(), pauseMs };
    },
  };
}

function searchGc(findGc: () => unknown): { gc?: () => unknown; cause?: unknown } {
  try {
    const found = findGc();
    return typeof found === 'function' ? { gc: () => found() } : {};
  } catch (cause) {
    return { cause };
  }
}

function findSystemGc(): unknown {
  if (typeof globalThis.gc === 'function') return globalThis.gc;
  v8.setFlagsFromString('--expose-gc');
  try {
    return vm.runInNewContext('gc');
  } finally {
    v8.setFlagsFromString('--no-expose-gc');
  }
}
