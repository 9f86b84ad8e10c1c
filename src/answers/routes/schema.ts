import { Type } from 'typebox';
import {
  byName,
  type Answer,
  Bytes,
  BytesEstimate,
  Count,
  Milliseconds,
  NextSteps,
  Share,
  Time,
} from '../common.js';

export const RouteRow = Type.Object(
  {
    route: Type.String({ description: 'method and pattern' }),
    requests: Count,
    inFlight: Count,
    statuses: byName(Count, { description: 'requests by class of status' }),
    duration: Type.Optional(Type.Object({ p50Ms: Milliseconds, p90Ms: Milliseconds, p99Ms: Milliseconds })),
    heapDelta: Type.Optional(
      Type.Object(
        { p50Bytes: Bytes, p90Bytes: Bytes, p99Bytes: Bytes },
        { description: 'of requests that ran alone, unspoiled by a GC' },
      ),
    ),
    cleanShare: Type.Optional(Share),
    retainedBytesPerRequest: Type.Optional(BytesEstimate),
  },
  { title: 'Route' },
);

const DeepSample = Type.Object(
  {
    route: Type.String(),
    at: Time,
    durationMs: Milliseconds,
    statusCode: Type.Integer({ description: '0 when the client left' }),
    heapUsedBytes: Bytes,
    oldSpaceUsedBytes: Bytes,
    newSpaceUsedBytes: Bytes,
    externalBytes: Bytes,
    arrayBuffersBytes: Bytes,
    rssBytes: Bytes,
  },
  { title: 'DeepSample', description: 'What changed while one request ran.' },
);

export const RoutesAnswer = Type.Object(
  {
    at: Time,
    sort: Type.Enum(['retained', 'requests', 'duration', 'delta'], { type: 'string' }),
    total: Count,
    routes: Type.Array(RouteRow),
    deepSamples: Type.Optional(Type.Object({ taken: Count, newest: Type.Array(DeepSample) })),
    next: NextSteps,
  },
  { title: 'Routes' },
);

export type RoutesAnswer = Answer<typeof RoutesAnswer>;
