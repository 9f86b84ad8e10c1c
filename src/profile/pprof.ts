import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Function as ProfileFunction, Line, Location, Profile, StringTable } from 'pprof-format';
import type { AllocationTotal } from './allocation-totals.js';
import { liveStacks, type LiveStacks } from './live-stacks.js';
import type { PastSampling } from './past-samplings.js';
import { createLocator, type Locator } from './place.js';
import type { RawProfile } from './raw-profile.js';
import type { Stack } from './site.js';

const compress = promisify(gzip);

export interface PprofOptions {
  /** What tools show first: `inuse_space` for `/debug/pprof/heap`, `alloc_space` for `/debug/pprof/allocs`. */
  readonly defaultSampleType: 'inuse_space' | 'alloc_space';
  /** Cumulative totals for the alloc columns; without them these repeat what is in use. */
  readonly totals?: readonly AllocationTotal[];
  /** What samplings before this one knew, oldest first: columns of their own, because some of it may be gone. */
  readonly earlier?: readonly PastSampling[];
  readonly locate?: Locator;
}

/** First those of Go, in its order, so that tools for its heap profile read this one. */
const SAMPLE_TYPES = [
  ['alloc_objects', 'count'],
  ['alloc_space', 'bytes'],
  ['inuse_objects', 'count'],
  ['inuse_space', 'bytes'],
  ['earlier_objects', 'count'],
  ['earlier_space', 'bytes'],
] as const;

const iso = (ms: number): string => new Date(ms).toISOString();

function comments({ startedAtMs, takenAtMs }: RawProfile, earlier: readonly PastSampling[]): string[] {
  return [
    'objects: sampled allocations, each standing for the bytes beside it',
    `inuse: allocated since ${iso(startedAtMs)} and alive at ${iso(takenAtMs)} after a full garbage collection, scaled to all allocations`,
    'alloc: cumulative over the readings; what was collected between two readings is not counted',
    ...earlier.map(
      (past) =>
        `earlier: allocated from ${iso(past.startedAtMs)} to ${iso(past.takenAtMs)} and alive when that was last read; some of it may have been freed since`,
    ),
  ];
}

interface Values {
  readonly stack: Stack;
  allocSamples: number;
  allocBytes: number;
  liveSamples: number;
  liveBytes: number;
  earlierSamples: number;
  earlierBytes: number;
}

function merge(
  live: LiveStacks,
  totals: readonly AllocationTotal[] | undefined,
  earlier: readonly PastSampling[],
): Values[] {
  const values = new Map<string, Values>();
  const at = (stack: Stack): Values => {
    const key = stack.map((frame) => frame.key).join(';');
    const known = values.get(key);
    if (known !== undefined) return known;
    const none = { allocSamples: 0, allocBytes: 0, liveSamples: 0, liveBytes: 0 };
    const fresh: Values = { stack, ...none, earlierSamples: 0, earlierBytes: 0 };
    values.set(key, fresh);
    return fresh;
  };
  const ofRow = new Map<number, Values>();
  for (const [index, { size }] of live.profile.samples.entries()) {
    const row = live.rowOfSample[index] ?? 0;
    const value = ofRow.get(row) ?? at(live.stack(row));
    ofRow.set(row, value);
    value.liveSamples += 1;
    value.liveBytes += size;
  }
  if (totals === undefined) {
    for (const value of values.values()) {
      value.allocSamples = value.liveSamples;
      value.allocBytes = value.liveBytes;
    }
  }
  for (const { stack, samples, bytes } of totals ?? []) {
    const value = at(stack);
    value.allocSamples += samples;
    value.allocBytes += bytes;
  }
  for (const { stack, samples, bytes } of earlier.flatMap((past) => past.stacks)) {
    const value = at(stack);
    value.earlierSamples += samples;
    value.earlierBytes += bytes;
  }
  return [...values.values()];
}

/** Functions and locations by frame, numbered from 1 as the format requires. */
function createLocations(strings: StringTable, locate: Locator) {
  const ids = new Map<string, number>();
  const functions: ProfileFunction[] = [];
  const locations: Location[] = [];
  return {
    functions,
    locations,
    idOf(frame: Stack[number]): number {
      const known = ids.get(frame.key);
      if (known !== undefined) return known;
      const id = locations.length + 1;
      const place = locate(frame);
      const name = strings.dedup(place.function);
      functions.push(
        new ProfileFunction({
          id,
          name,
          systemName: name,
          filename: strings.dedup(place.file),
          startLine: place.line,
        }),
      );
      locations.push(new Location({ id, line: [new Line({ functionId: id, line: place.line })] }));
      ids.set(frame.key, id);
      return id;
    },
  };
}

/**
 * A gzip pprof of the reading: the sample types of Go's heap profile, and two for what was known earlier.
 *
 * The format: github.com/google/pprof, proto/profile.proto.
 */
export async function encodePprof(
  profile: RawProfile | LiveStacks,
  { defaultSampleType, totals, earlier = [], locate = createLocator() }: PprofOptions,
): Promise<Buffer> {
  const live = 'tree' in profile ? profile : liveStacks(profile);
  const { takenAtMs, startedAtMs, samplingIntervalBytes } = live.profile;
  const stringTable = new StringTable();
  const { functions, locations, idOf } = createLocations(stringTable, locate);
  const valueType = ([type, unit]: readonly [string, string]) => ({
    type: stringTable.dedup(type),
    unit: stringTable.dedup(unit),
  });

  const sample = merge(live, totals, earlier).map((values) => {
    return {
      locationId: values.stack.map(idOf),
      value: [
        values.allocSamples,
        values.allocBytes,
        values.liveSamples,
        values.liveBytes,
        values.earlierSamples,
        values.earlierBytes,
      ].map(Math.round),
    };
  });

  const encoded = await new Profile({
    sampleType: SAMPLE_TYPES.map(valueType),
    sample,
    location: locations,
    function: functions,
    stringTable,
    timeNanos: BigInt(Math.round(takenAtMs)) * 1_000_000n,
    durationNanos: BigInt(Math.max(Math.round(takenAtMs - startedAtMs), 0)) * 1_000_000n,
    periodType: valueType(['space', 'bytes']),
    period: samplingIntervalBytes,
    comment: comments(live.profile, earlier).map((comment) => stringTable.dedup(comment)),
    defaultSampleType: stringTable.dedup(defaultSampleType),
  }).encodeAsync();
  return compress(encoded);
}
