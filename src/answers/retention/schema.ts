import { Type } from 'typebox';
import {
  type Answer,
  Bytes,
  BytesEstimate,
  Count,
  Milliseconds,
  NextSteps,
  Seconds,
  Share,
  Time,
} from '../common.js';
import { Place } from '../site.js';

const Origin = {
  ...Place,
  kind: Type.String({ description: 'application, package, node or vm' }),
  package: Type.Optional(Type.String()),
  samples: Type.Integer({ minimum: 0, description: 'survivors that the estimate rests on' }),
  stack: Type.Array(Type.String(), { description: 'the allocating frame first' }),
};

const RetainedSite = Type.Object({ ...Origin, bytesPerRequest: BytesEstimate }, { title: 'RetainedSite' });

const OutsideSite = Type.Object(
  {
    ...Origin,
    bytesPerSecond: BytesEstimate,
    cause: Type.Optional(
      Type.Enum(['timer', 'immediate', 'start-up', 'input', 'event', 'continuation'], {
        type: 'string',
        description: 'what ran the code, if the stack shows it; continuation is code after an await',
      }),
    ),
  },
  { title: 'OutsideSite' },
);

const RetainingRoute = Type.Object(
  {
    route: Type.String(),
    requests: Type.Integer({ minimum: 0, description: 'followed from begin to end and counted' }),
    bytesPerRequest: BytesEstimate,
    samples: Type.Integer({ minimum: 0, description: 'survivors that the estimate rests on' }),
    unseenBytesPerRequest: Type.Integer({
      description: 'detection limit (95 %): a site that leaves fewer bytes per request may go unnoticed',
    }),
    afterEndBytes: Type.Integer({
      description:
        'of the retained bytes, those allocated in the context of its requests after they had ended',
    }),
    sites: Type.Array(RetainedSite, { description: 'where it was allocated, most first' }),
  },
  { title: 'RetainingRoute' },
);

const FollowedWindow = Type.Object(
  {
    from: Time,
    seconds: Seconds,
    ended: Type.Enum(['time', 'marks', 'requests', 'stopped'], { type: 'string' }),
    because: Type.String({ description: 'why it ended, in words' }),
    requests: Count,
    samplingIntervalBytes: Bytes,
  },
  { title: 'RetentionWindow' },
);

/** The result of windows, without the suggested commands. */
const Findings = {
  headline: Type.String({
    description: 'the route that retains most per request, and where; or that nothing is retained',
  }),
  from: Type.Optional(Time),
  to: Type.Optional(Time),
  windows: Type.Array(FollowedWindow, { description: 'oldest first; their figures are pooled' }),
  requests: Type.Integer({ minimum: 0, description: 'followed, of all routes' }),
  routes: Type.Array(RetainingRoute, { description: 'most bytes per request first' }),
  outside: Type.Array(OutsideSite, { description: 'retained memory that was allocated outside requests' }),
  unattributedShare: Type.Optional(Share),
  cost: Type.Object({
    hooksSeconds: Type.Number({ description: 'seconds for which promise hooks were on' }),
    pauseMs: Milliseconds,
    marksBytes: Type.Integer({ description: 'bytes of the marks in the window that held most' }),
  }),
  limitations: Type.Optional(
    Type.Array(Type.String(), { description: 'what the figures do not cover; absent if there is nothing' }),
  ),
};

export const RetentionFindings = Type.Object(Findings, { title: 'RetentionFindings' });
export type RetentionFindings = Answer<typeof RetentionFindings>;

export const RetentionAnswer = Type.Object({ ...Findings, next: NextSteps }, { title: 'Retention' });
export type RetentionAnswer = Answer<typeof RetentionAnswer>;
