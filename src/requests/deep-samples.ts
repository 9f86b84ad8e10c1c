import v8 from 'node:v8';
import type { Clock } from '../base/clock.js';
import { createRequestSampler } from './request-sampler.js';

/** All sizes of the process: too expensive to read on every request. */
export interface DeepReading {
  readonly heapUsedBytes: number;
  readonly oldSpaceUsedBytes: number;
  readonly newSpaceUsedBytes: number;
  readonly externalBytes: number;
  readonly arrayBuffersBytes: number;
  readonly rssBytes: number;
}

export interface DeepSample {
  /** Row of its route. */
  readonly row: number;
  readonly at: number;
  readonly durationMs: number;
  readonly statusCode: number;
  readonly delta: DeepReading;
}

/** Takes deep readings around a random share of the requests; its memory is bounded. */
export interface DeepSampler {
  begin(record: number): void;
  end(record: number, row: number, statusCode: number): void;
  /** Drops a record that is not to be counted. */
  drop(record: number): void;
  /** Adapts to the rate of requests. Call it every second. */
  adapt(): void;
  /** The newest samples, newest first. */
  samples(): readonly DeepSample[];
  readonly taken: number;
}

export interface DeepSamplerOptions {
  /** Above 0, at most 1. */
  readonly probability: number;
  /** Highest mean number of samples a second; 20 by default. Each takes two readings of 10 to 70 µs. */
  readonly perSecond?: number;
  /** Undefined if it failed; such a sample is not taken. */
  readonly read: () => DeepReading | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly keep?: number;
}

export function createDeepSampler(options: DeepSamplerOptions): DeepSampler {
  const { probability, read, clock, random } = options;
  const keep = options.keep ?? 200;
  const open = new Map<number, { startMs: number; before: DeepReading }>();
  const samples: DeepSample[] = [];
  let taken = 0;
  const sampler = createRequestSampler({ probability, perSecond: options.perSecond ?? 20, clock, random });

  return {
    begin(record) {
      if (!sampler.pick()) return;
      const before = read();
      if (before !== undefined) open.set(record, { startMs: clock.monotonic(), before });
    },
    end(record, row, statusCode) {
      if (open.size === 0) return;
      const begun = open.get(record);
      if (begun === undefined) return;
      open.delete(record);
      const after = read();
      if (after === undefined) return;
      taken += 1;
      samples.push({
        row,
        at: clock.wall(),
        durationMs: clock.monotonic() - begun.startMs,
        statusCode,
        delta: difference(after, begun.before),
      });
      if (samples.length > keep) samples.shift();
    },
    drop: (record) => void open.delete(record),
    adapt: () => sampler.adapt(),
    samples: () => samples.toReversed(),
    get taken() {
      return taken;
    },
  };
}

function difference(after: DeepReading, before: DeepReading): DeepReading {
  return {
    heapUsedBytes: after.heapUsedBytes - before.heapUsedBytes,
    oldSpaceUsedBytes: after.oldSpaceUsedBytes - before.oldSpaceUsedBytes,
    newSpaceUsedBytes: after.newSpaceUsedBytes - before.newSpaceUsedBytes,
    externalBytes: after.externalBytes - before.externalBytes,
    arrayBuffersBytes: after.arrayBuffersBytes - before.arrayBuffersBytes,
    rssBytes: after.rssBytes - before.rssBytes,
  };
}

/** Takes 10 µs, 70 µs on a loaded machine, as it opens a file of /proc. */
export function readDeep(): DeepReading {
  const usage = process.memoryUsage();
  const spaces = v8.getHeapSpaceStatistics();
  const used = (name: string): number =>
    spaces.find((space) => space.space_name === name)?.space_used_size ?? 0;
  return {
    heapUsedBytes: usage.heapUsed,
    oldSpaceUsedBytes: used('old_space'),
    newSpaceUsedBytes: used('new_space'),
    externalBytes: usage.external,
    arrayBuffersBytes: usage.arrayBuffers,
    rssBytes: usage.rss,
  };
}
