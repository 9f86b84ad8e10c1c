import { readFileSync } from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { TidemarkError } from '../../../src/base/errors.js';
import { createAutomaticSnapshots, type AutomaticReading } from '../../../src/snapshot/service/automatic.js';
import type { SnapshotTaken } from '../../../src/snapshot/service/capture.js';
import type { Preflight } from '../../../src/snapshot/preflight/preflight.js';
import { scriptedClock } from '../../helpers/scripted-clock.js';

/** A process whose memory is scripted; taking a snapshot is only counted, as it has tests of its own. */
function watched(
  t: Test,
  options: { onVerdict?: boolean; atLimitRatio?: number; stateDirectory?: string } = {},
) {
  const clock = scriptedClock({ monotonic: 0 });
  const { onVerdict = true, atLimitRatio = 0.8, stateDirectory = t.testdir() } = options;
  const taken: string[] = [];
  const told: string[] = [];
  let reading: AutomaticReading = { isAlleged: false, usedRatio: 0.1 };
  let survives: Preflight['survives'] = 'yes';
  let fault: Error | undefined;
  const note = (_: object, message: string): void => void told.push(message);
  const automatic = createAutomaticSnapshots({
    clock,
    options: { onVerdict, atLimitRatio, automaticPerDay: 2, nearHeapLimit: 0 },
    stateDirectory,
    read: () => reading,
    log: { info: note, warn: note },
    snapshots: {
      preflight: async () => ({ survives }),
      take: async ({ trigger }) => {
        if (fault !== undefined) throw fault;
        taken.push(trigger!);
        return { done: Promise.resolve({ snapshot: { id: 'one' } } as SnapshotTaken) };
      },
    },
  });
  return {
    clock,
    taken,
    told,
    stateDirectory,
    async see(
      next: Partial<AutomaticReading>,
      more: { survives?: Preflight['survives']; fault?: Error } = {},
    ) {
      reading = { ...reading, ...next };
      survives = more.survives ?? 'yes';
      fault = more.fault;
      await automatic.look();
    },
  };
}

t.test('each rise is looked at once, and again when it has come down', async (t) => {
  const { see, taken } = watched(t);
  await see({});
  t.same(taken, []);
  await see({ usedRatio: 0.81 });
  await see({ usedRatio: 0.9 });
  t.same(taken, ['near-limit'], 'not again while it lasts');
  await see({ usedRatio: 0.75 });
  await see({ usedRatio: 0.82 });
  t.same(taken, ['near-limit'], 'nor when it only wavered');
  await see({ usedRatio: 0.5 });
  await see({ usedRatio: 0.82 });
  t.same(taken, ['near-limit', 'near-limit']);
});

t.test('a leak that is alleged is one more reason', async (t) => {
  const { see, taken } = watched(t, { atLimitRatio: 0 });
  await see({ usedRatio: 0.99 });
  t.same(taken, [], 'a limit that nobody asked to be watched is none');
  await see({ isAlleged: true });
  await see({ isAlleged: true });
  t.same(taken, ['verdict']);
  const off = watched(t, { onVerdict: false });
  await off.see({ isAlleged: true });
  t.same(off.taken, []);
});

t.test('so many a day, also when the process was started anew', async (t) => {
  const first = watched(t);
  await first.see({ usedRatio: 0.9 });
  await first.see({ isAlleged: true });
  t.same(first.taken, ['near-limit', 'verdict']);
  const file = path.join(first.stateDirectory, 'automatic-snapshots.json');
  t.match(JSON.parse(readFileSync(file, 'utf8')), { takenAtMs: [Number, Number] });
  const second = watched(t, { stateDirectory: first.stateDirectory });
  await second.see({ usedRatio: 0.9 });
  t.same(second.taken, []);
  t.match(second.told, [/allowed in a day is reached/]);
  second.clock.advance(25 * 3_600_000);
  await second.see({ usedRatio: 0.1 });
  await second.see({ usedRatio: 0.9 });
  t.same(second.taken, ['near-limit'], 'the next day');
});

t.test('only where it surely survives; what cannot be afforded now is asked for again', async (t) => {
  const { see, taken, told } = watched(t);
  await see({ usedRatio: 0.9 }, { survives: 'unsure' });
  t.same(taken, []);
  t.match(told, [/not certain that there is room/]);
  await see({ usedRatio: 0.1 });
  await see({ usedRatio: 0.9 }, { fault: new TidemarkError('TIDEMARK_ERR_COST_BUSY') });
  t.equal(told.length, 1, 'that is no news');
  await see({ usedRatio: 0.9 });
  t.same(taken, ['near-limit']);
  await see({ isAlleged: true }, { fault: new Error('as planned') });
  t.match(told.at(-1), /failed/);
});
