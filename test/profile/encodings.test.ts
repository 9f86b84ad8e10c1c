import { gunzipSync } from 'node:zlib';
import { Ajv } from 'ajv';
import protobuf from 'protobufjs';
import t from 'tap';
import { createAllocationTotals } from '../../src/profile/allocation-totals.js';
import { siteGrowth } from '../../src/profile/growth.js';
import { toHeapProfile } from '../../src/profile/heapprofile.js';
import { acquire } from '../../src/profile/isolate-profiler.js';
import { liveStacks } from '../../src/profile/live-stacks.js';
import { createPastSamplings, type PastSampling } from '../../src/profile/past-samplings.js';
import { createLocator } from '../../src/profile/place.js';
import { encodePprof, type PprofOptions } from '../../src/profile/pprof.js';
import type { ProtocolNode, RawProfile } from '../../src/profile/raw-profile.js';
import { reportSite } from '../../src/profile/site-report.js';
import { profileOf, samplesOf } from './profile-builder.js';

/** The messages of github.com/google/pprof, proto/profile.proto, field by field. */
const PROTO = `
  syntax = "proto3";
  message Profile {
    repeated ValueType sample_type = 1; repeated Sample sample = 2; repeated Mapping mapping = 3;
    repeated Location location = 4; repeated Function function = 5; repeated string string_table = 6;
    int64 drop_frames = 7; int64 keep_frames = 8; int64 time_nanos = 9; int64 duration_nanos = 10;
    ValueType period_type = 11; int64 period = 12; repeated int64 comment = 13; int64 default_sample_type = 14;
  }
  message ValueType { int64 type = 1; int64 unit = 2; }
  message Sample { repeated uint64 location_id = 1; repeated int64 value = 2; repeated Label label = 3; }
  message Label { int64 key = 1; int64 str = 2; int64 num = 3; int64 num_unit = 4; }
  message Mapping { uint64 id = 1; }
  message Location { uint64 id = 1; uint64 mapping_id = 2; uint64 address = 3; repeated Line line = 4; }
  message Line { uint64 function_id = 1; int64 line = 2; int64 column = 3; }
  message Function { uint64 id = 1; int64 name = 2; int64 system_name = 3; int64 filename = 4; int64 start_line = 5; }
`;

interface Decoded {
  readonly sampleType: { type: string; unit: string }[];
  readonly sample: { locationId?: string[]; value: string[] }[];
  readonly location: { id: string; line: { functionId: string; line: string }[] }[];
  readonly function: { id: string; name: string; filename: string; startLine: string }[];
  readonly stringTable: string[];
  readonly timeNanos: string;
  readonly durationNanos: string;
  readonly periodType: { type: string; unit: string };
  readonly period: string;
  readonly comment: string[];
  readonly defaultSampleType: string;
}

/** A decoder that shares no code with the encoder. */
function decode(file: Buffer): Decoded {
  const type = protobuf.parse(PROTO).root.lookupType('Profile');
  return type.toObject(type.decode(gunzipSync(file)), { longs: String, arrays: true }) as Decoded;
}

async function read(profile: RawProfile, options: Partial<PprofOptions> = {}) {
  const file = await encodePprof(profile, {
    defaultSampleType: 'inuse_space',
    locate: createLocator(undefined, '/app'),
    ...options,
  });
  const decoded = decode(file);
  const text = (index: string): string => decoded.stringTable[Number(index)] ?? '?';
  const functionOf = new Map(decoded.function.map((fn) => [fn.id, fn]));
  const locationOf = new Map(decoded.location.map((location) => [location.id, location]));
  const samples = decoded.sample.map(({ locationId = [], value }) => ({
    value: value.map(Number),
    stack: locationId.map((id) => {
      const line = locationOf.get(id)?.line[0];
      const fn = functionOf.get(line?.functionId ?? '');
      return `${text(fn?.name ?? '')} ${text(fn?.filename ?? '')}:${line?.line ?? 0}`;
    }),
  }));
  return { decoded, text, samples };
}

const profile = profileOf(
  [
    ...samplesOf('serve@node:http:4 > handle@a.js:5 > remember@src/cache.js:42', 3, 1),
    ...samplesOf('serve@node:http:4 > handle@a.js:5', 1, 10),
    ...samplesOf('@job.js:7 > set', 2, 20),
  ],
  { takenAtMs: 1_700_000_002_000, startedAtMs: 1_700_000_000_500 },
);

t.test('pprof carries what Go heap profiles carry, read by another library', async (t) => {
  const { decoded, text, samples } = await read(profile);
  t.strictSame(
    decoded.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`),
    [
      'alloc_objects/count',
      'alloc_space/bytes',
      'inuse_objects/count',
      'inuse_space/bytes',
      'earlier_objects/count',
      'earlier_space/bytes',
    ],
  );
  t.equal(text(decoded.defaultSampleType), 'inuse_space');
  t.equal(`${text(decoded.periodType.type)}/${text(decoded.periodType.unit)}`, 'space/bytes');
  t.match(decoded, { period: '1024', timeNanos: '1700000002000000000', durationNanos: '1500000000' });
  t.equal(decoded.stringTable[0], '');
  const comment = decoded.comment.map(text).join('\n');
  t.match(comment, /collected between two readings is not counted/);
  t.match(comment, 'inuse: allocated since 2023-11-14T22:13:20.500Z and alive at 2023-11-14T22:13:22.000Z');
  t.strictSame(samples, [
    {
      value: [3, 3072, 3, 3072, 0, 0],
      stack: ['remember src/cache.js:42', 'handle a.js:5', 'serve node:http:4'],
    },
    { value: [1, 1024, 1, 1024, 0, 0], stack: ['handle a.js:5', 'serve node:http:4'] },
    { value: [2, 2048, 2, 2048, 0, 0], stack: ['set :0', '(anonymous) job.js:7'] },
  ]);
  t.equal(decoded.function.length, 5, 'a function is written once');
});

t.test('the alloc columns are cumulative where totals are given', async (t) => {
  const totals = createAllocationTotals();
  const gone = 'gone@a.js:77';
  totals.add(profileOf([...samplesOf(gone, 4, 1), ...samplesOf('kept@a.js:1', 1, 9)]));
  const now = profileOf([...samplesOf('kept@a.js:1', 1, 9), ...samplesOf('kept@a.js:1', 1, 30)]);
  totals.add(now);
  const { decoded, text, samples } = await read(now, {
    defaultSampleType: 'alloc_space',
    totals: totals.totals(),
  });
  t.equal(text(decoded.defaultSampleType), 'alloc_space');
  t.strictSame(
    samples.map(({ stack, value }) => [stack[0], ...value]),
    [
      ['kept a.js:1', 2, 2048, 2, 2048, 0, 0],
      ['gone a.js:77', 4, 4096, 0, 0, 0, 0],
    ],
  );
});

/** What a sampling that a window ended had found. */
function earlierSamplings(): readonly PastSampling[] {
  const past = createPastSamplings();
  const old = [
    ...samplesOf('handle@a.js:5 > remember@src/cache.js:42', 4, 1),
    ...samplesOf('boot@b.js:1', 1, 9),
  ];
  past.observe(liveStacks(profileOf(old, { epoch: 1, startedAtMs: 1000, takenAtMs: 60_000 })));
  past.observe(liveStacks(profileOf([], { epoch: 2, startedAtMs: 61_000, cause: 'window' })));
  return past.list;
}

t.test('what earlier samplings knew has columns of its own in pprof, with its time', async (t) => {
  const { decoded, text, samples } = await read(
    profileOf(samplesOf('handle@a.js:5 > remember@src/cache.js:42', 2, 1)),
    { earlier: earlierSamplings() },
  );
  t.strictSame(
    samples.map(({ stack, value }) => [stack[0], ...value]),
    [
      ['remember src/cache.js:42', 2, 2048, 2, 2048, 4, 4096],
      ['boot b.js:1', 0, 0, 0, 0, 1, 1024],
    ],
  );
  t.match(
    decoded.comment.map(text).join('\n'),
    'earlier: allocated from 1970-01-01T00:00:01.000Z to 1970-01-01T00:01:00.000Z and alive when that was last read',
  );
});

const CALL_FRAME = {
  type: 'object',
  properties: {
    functionName: { type: 'string' },
    scriptId: { type: 'string' },
    url: { type: 'string' },
    lineNumber: { type: 'integer' },
    columnNumber: { type: 'integer' },
  },
  required: ['functionName', 'scriptId', 'url', 'lineNumber', 'columnNumber'],
  additionalProperties: false,
};

/** `HeapProfiler.SamplingHeapProfile` of the DevTools protocol. */
const HEAP_PROFILE = {
  $id: 'SamplingHeapProfile',
  type: 'object',
  properties: {
    head: { $ref: '#/definitions/node' },
    samples: {
      type: 'array',
      items: {
        type: 'object',
        properties: { size: { type: 'number' }, nodeId: { type: 'integer' }, ordinal: { type: 'number' } },
        required: ['size', 'nodeId', 'ordinal'],
        additionalProperties: false,
      },
    },
  },
  required: ['head', 'samples'],
  additionalProperties: false,
  definitions: {
    node: {
      type: 'object',
      properties: {
        callFrame: CALL_FRAME,
        selfSize: { type: 'number' },
        id: { type: 'integer' },
        children: { type: 'array', items: { $ref: '#/definitions/node' } },
      },
      required: ['callFrame', 'selfSize', 'id', 'children'],
      additionalProperties: false,
    },
  },
};

function idsOf({ id, children }: ProtocolNode): number[] {
  return [id, ...children.flatMap(idsOf)];
}

t.test('a .heapprofile follows the DevTools protocol', async (t) => {
  const validate = new Ajv({ strict: true }).compile(HEAP_PROFILE);
  const valid = (file: object): void => {
    t.ok(validate(JSON.parse(JSON.stringify(file))), JSON.stringify(validate.errors));
  };
  valid(toHeapProfile(profile));
  valid(toHeapProfile(profileOf([])));
  const both = toHeapProfile(profile, earlierSamplings());
  valid(both);
  const { head } = toHeapProfile(profile);
  const [past, ...others] = both.head.children.slice(head.children.length);
  t.same(others, []);
  t.match(past, {
    callFrame: {
      functionName: '(allocated from 1970-01-01T00:00:01.000Z to 1970-01-01T00:01:00.000Z and alive then)',
    },
    selfSize: 0,
    children: [
      {
        callFrame: { functionName: 'handle', lineNumber: 4 },
        children: [{ callFrame: { functionName: 'remember', lineNumber: 41 }, selfSize: 4096 }],
      },
      { callFrame: { functionName: 'boot' }, selfSize: 1024 },
    ],
  });
  const ids = idsOf(both.head);
  t.equal(new Set(ids).size, ids.length, 'each node has its own number');

  const lease = acquire({ samplingIntervalBytes: 1024, stackDepth: 64 });
  t.teardown(() => lease.release());
  const kept = Array.from({ length: 5000 }, (_, index) => ({ index }));
  const real = lease.read();
  valid(toHeapProfile(real));
  const { samples } = await read(real);
  const bytes = samples.reduce((sum, { value }) => sum + (value[3] ?? 0), 0);
  t.equal(
    bytes,
    real.samples.reduce((sum, { size }) => sum + size, 0),
    `all samples of ${kept.length} objects`,
  );
  t.ok(samples.some(({ stack }) => stack.some((line) => line.includes('encodings.test.js'))));
});

t.test('a site has the stack that led to it', async (t) => {
  const growth = siteGrowth(undefined, profileOf(samplesOf('handle@a.js:5 > remember@cache.js:42', 100, 1)));
  const sites = growth.sites.map((site) => reportSite(site, createLocator(undefined, '/app')));
  t.strictSame(sites[0]?.stack, ['remember (cache.js:42:9)', 'handle (a.js:5:9)']);
  t.ok(liveStacks(profile).rows.length === 3);
});
