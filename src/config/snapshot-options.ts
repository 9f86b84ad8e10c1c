import { Type } from 'typebox';

const DAY_SECONDS = 86_400;

/** The options of heap snapshots, a part of the one schema. */
export const snapshotOptions = Type.Object({
  enabled: Type.Boolean({
    default: true,
    description: 'Allow heap snapshots to be taken, stored and analysed.',
  }),
  directory: Type.Optional(
    Type.String({
      pattern: '^[^\\0]+$',
      expectation: 'a path; a relative one is taken from the working directory at start',
      description:
        'Where snapshots are stored, accessible to this user only; by default `snapshots` in `stateDirectory`.',
    }),
  ),
  writer: Type.Enum(['auto', 'fork', 'v8', 'heapdump'], {
    default: 'auto',
    description:
      'What writes snapshots: a forked child while the server keeps running, or V8 in the process, which blocks it. `auto` uses the fork if its self-test passes.',
  }),
  allowRaw: Type.Boolean({
    default: false,
    description:
      'Allow callers with the role `operate` to take snapshots without redaction. They contain every secret.',
  }),
  maxCount: Type.Integer({
    default: 10,
    minimum: 1,
    maximum: 10_000,
    description: 'Snapshots kept; the oldest are deleted first.',
  }),
  maxBytes: Type.Integer({
    default: 2_147_483_648,
    minimum: 1_048_576,
    maximum: 1_099_511_627_776,
    description: 'Total stored size, beyond which the oldest are deleted.',
  }),
  maxAgeSeconds: Type.Number({
    default: 7 * DAY_SECONDS,
    minimum: 60,
    maximum: 3650 * DAY_SECONDS,
    description: 'Age at which snapshots are deleted.',
  }),
  onVerdict: Type.Boolean({
    default: false,
    description: 'Take a snapshot on a leak verdict, if the preflight is sure that the process survives it.',
  }),
  atLimitRatio: Type.Number({
    default: 0,
    minimum: 0,
    maximum: 1,
    description:
      'Take a snapshot at this share of the effective limit, under the same condition; 0 for never.',
  }),
  automaticPerDay: Type.Integer({
    default: 2,
    minimum: 1,
    maximum: 100,
    description: 'Automatic snapshots in 24 hours, across restarts.',
  }),
  nearHeapLimit: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 10,
    description:
      'Snapshots that V8 itself writes just before the heap limit ends the process (`v8.setHeapSnapshotNearHeapLimit`), into the folder of `--diagnostic-dir`. They are raw, stop the server, and need `snapshots.allowRaw`.',
  }),
});
