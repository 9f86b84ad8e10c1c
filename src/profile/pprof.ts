import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Function as ProfileFunction, Line, Location, Profile, StringTable } from 'pprof-format';
import type { AllocationTotal } from './allocation-totals.js';
import { liveStacks, type LiveStacks } from './live-stacks.js';
import { createLocator, type Locator } from './place.js';
import type { RawProfile } from './raw-profile.js';
import type { Stack } from './site.js';

const compress = promisify(gzip);

export interface PprofOptions {
  /** What tools show first: `inuse_space` for `/debug/pprof/heap`, `alloc_space` for `/debug/pprof/allocs`. */
  readonly defaultSampleType: 'inuse_space' | 'alloc_space';
  /** Cumulative totals for the alloc columns; without them these repeat what is in use. */
  readonly totals?: readonly AllocationTotal[];
  readonly locate?: Locator;
}

/** In Go's order, so that tools for Go's heap profile read this one. */
const SAMPLE_TYPES = [
  ['alloc_objects', 'count'],
  ['alloc_space', 'bytes'],
  ['inuse_objects', 'count'],
  ['inuse_space', 'bytes'],
] as const;

const COMMENTS = [
  'objects: sampled allocations, each standing for the bytes beside it',
  'inuse: alive after a full garbage collection, scaled to all allocations',
  'alloc: cumulative over the readings; what was collected between two readings is not counted',
] as const;

interface Values {
  readonly stack: Stack;
  allocSamples: number;
  allocBytes: number;
  liveSamples: number;
  liveBytes: number;
}

function merge(live: LiveStacks, totals: readonly AllocationTotal[] | undefined): Values[] {
  const values = new Map<string, Values>();
  const at = (stack: Stack): Values => {
    const key = stack.map((frame) => frame.key).join(';');
    const known = values.get(key);
    if (known !== undefined) return known;
    const fresh = { stack, allocSamples: 0, allocBytes: 0, liveSamples: 0, liveBytes: 0 };
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
 * A gzip pprof of the reading, with the sample types of Go's heap profile.
 *
 * The format: github.com/google/pprof, proto/profile.proto.
 */
export async function encodePprof(
  profile: RawProfile | LiveStacks,
  { defaultSampleType, totals, locate = createLocator() }: PprofOptions,
): Promise<Buffer> {
  const live = 'tree' in profile ? profile : liveStacks(profile);
  const { takenAtMs, startedAtMs, samplingIntervalBytes } = live.profile;
  const stringTable = new StringTable();
  const { functions, locations, idOf } = createLocations(stringTable, locate);
  const valueType = ([type, unit]: readonly [string, string]) => ({
    type: stringTable.dedup(type),
    unit: stringTable.dedup(unit),
  });

  const sample = merge(live, totals).map((values) => {
    return {
      locationId: values.stack.map(idOf),
      value: [values.allocSamples, values.allocBytes, values.liveSamples, values.liveBytes].map(Math.round),
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
    comment: COMMENTS.map((comment) => stringTable.dedup(comment)),
    defaultSampleType: stringTable.dedup(defaultSampleType),
  }).encodeAsync();
  return compress(encoded);
}
