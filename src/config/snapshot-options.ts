import { Type } from 'typebox';

const DAY_SECONDS = 86_400;

/** The options of heap snapshots, a part of the one schema. */
export const snapshotOptions = Type.Object({
  enabled: Type.Boolean({
    default: true,
    description: 'Let heap snapshots be taken, stored and analysed.',
  }),
  directory: Type.Optional(
    Type.String({
      pattern: '^[^\\0]+$',
      expectation: 'a path; a relative one is taken from the working directory at start',
      description:
        'Where snapshots are stored, for this user alone; `snapshots` in `stateDirectory` without it.',
    }),
  ),
  writer: Type.Enum(['auto', 'fork', 'v8', 'heapdump'], {
    default: 'auto',
    description:
      'What writes snapshots: a forked child while the server goes on, or V8 in the process, which stops meanwhile. By default the fork where a self-test passes.',
  }),
  allowRaw: Type.Boolean({
    default: false,
    description:
      'Whether who may operate may also take snapshots that are not redacted. They hold every secret.',
  }),
  maxCount: Type.Integer({
    default: 10,
    minimum: 1,
    maximum: 10_000,
    description: 'Snapshots kept; the oldest go first.',
  }),
  maxBytes: Type.Integer({
    default: 2_147_483_648,
    minimum: 1_048_576,
    maximum: 1_099_511_627_776,
    description: 'Bytes of them as stored, beyond which the oldest go as well.',
  }),
  maxAgeSeconds: Type.Number({
    default: 7 * DAY_SECONDS,
    minimum: 60,
    maximum: 3650 * DAY_SECONDS,
    description: 'Age at which they go.',
  }),
  onVerdict: Type.Boolean({
    default: false,
    description: 'Take one when a leak is alleged, if the preflight is sure that the process survives it.',
  }),
  atLimitRatio: Type.Number({
    default: 0,
    minimum: 0,
    maximum: 1,
    description: 'Take one when so much of the effective limit is used, likewise; 0 for never.',
  }),
  automaticPerDay: Type.Integer({
    default: 2,
    minimum: 1,
    maximum: 100,
    description: 'Snapshots that are taken so in 24 hours, restarts included.',
  }),
  nearHeapLimit: Type.Integer({
    default: 0,
    minimum: 0,
    maximum: 10,
    description:
      'Snapshots that V8 itself writes just before the heap limit ends the process (`v8.setHeapSnapshotNearHeapLimit`), into the folder of `--diagnostic-dir`. They are raw, stop the server, and need `snapshots.allowRaw`.',
  }),
});
