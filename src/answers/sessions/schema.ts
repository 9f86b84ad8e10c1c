import { Type } from 'typebox';
import { Bytes, BytesEstimate, Count, Milliseconds, NextSteps, Share, Time, type Answer } from '../common.js';

export const SessionId = Type.String({ minLength: 1, maxLength: 32, description: 'of a stored session' });

const Place = {
  function: Type.String(),
  file: Type.String({ description: 'relative to the working directory; empty where there is none' }),
  line: Type.Integer({ description: 'where the function starts: V8 samples by function' }),
  column: Type.Integer(),
  kind: Type.String({ description: 'application, package, node, tidemark or handler' }),
};

const Limitation = Type.Object(
  {
    part: Type.Enum(['start', 'end', 'sites', 'sites-before-restart', 'retained'], { type: 'string' }),
    code: Type.String({ description: 'what docs/errors.md explains' }),
    reason: Type.String(),
  },
  { title: 'SessionLimitation' },
);

const Session = {
  id: Type.String(),
  name: Type.String(),
  status: Type.Enum(['completed', 'failed'], { type: 'string', description: 'failed: the operation threw' }),
  error: Type.Optional(Type.Object({ name: Type.String(), code: Type.Optional(Type.String()) })),
  startedAt: Time,
  durationMs: Milliseconds,
  retainedBytes: Type.Optional(Bytes),
  retainedHeapBytes: Type.Optional(Bytes),
  retainedExternalBytes: Type.Optional(Bytes),
  allocatedBytes: Type.Optional(Bytes),
  newLiveBytes: Type.Optional(Bytes),
  samplingIntervalBytes: Type.Optional(Bytes),
  requests: Type.Optional(Count),
  overlapping: Count,
  pauseMs: Milliseconds,
  limitations: Type.Array(Limitation, { description: 'what could not be measured, and why' }),
};

const SessionSummary = Type.Object(
  { ...Session, siteCount: Count, complete: Type.Boolean() },
  { title: 'ProfileSessionSummary' },
);

const SessionSite = Type.Object(
  {
    ...Place,
    package: Type.Optional(Type.String()),
    newLiveBytes: Bytes,
    newLiveSamples: Count,
    growthBytes: BytesEstimate,
    share: Share,
    stack: Type.Array(Type.String(), { description: 'the allocating frame first' }),
  },
  { title: 'SessionSite' },
);

const SiteDifference = Type.Object(
  {
    ...Place,
    change: Type.Enum(['new', 'gone', 'both'], { type: 'string' }),
    growthBytes1: Type.Optional(BytesEstimate),
    growthBytes2: Type.Optional(BytesEstimate),
    differenceBytes: BytesEstimate,
    certain: Type.Boolean({ description: 'the interval excludes that they are equal' }),
  },
  { title: 'SiteDifference' },
);

export const SessionsAnswer = Type.Object(
  {
    stored: Count,
    storedBytes: Bytes,
    dropped: Count,
    open: Count,
    sessions: Type.Array(SessionSummary),
    next: NextSteps,
  },
  { title: 'ProfileSessions' },
);
export type SessionsAnswer = Answer<typeof SessionsAnswer>;

export const SessionAnswer = Type.Object(
  {
    ...Session,
    sites: Type.Optional(Type.Array(SessionSite)),
    omittedSites: Type.Optional(Count),
    next: NextSteps,
  },
  { title: 'ProfileSession' },
);
export type SessionAnswer = Answer<typeof SessionAnswer>;

export const SessionComparisonAnswer = Type.Object(
  {
    session1: SessionSummary,
    session2: SessionSummary,
    durationDifferenceMs: Milliseconds,
    retainedDifferenceBytes: Type.Optional(Bytes),
    allocatedDifferenceBytes: Type.Optional(Bytes),
    sites: Type.Optional(Type.Array(SiteDifference)),
    caveats: Type.Array(Type.String()),
    next: NextSteps,
  },
  { title: 'ProfileSessionComparison' },
);
export type SessionComparisonAnswer = Answer<typeof SessionComparisonAnswer>;
