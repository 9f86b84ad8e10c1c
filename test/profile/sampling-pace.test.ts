import t from 'tap';
import { createSamplingPace, mostSamplesPerSecond } from '../../src/profile/sampling-pace.js';
import { scriptedClock } from '../helpers/scripted-clock.js';

const KiB = 1024;
const MiB = 2 ** 20;
const CONFIGURED = 512 * KiB;
/** What is allocated at 512 KiB for as many samples as the bound has. */
const AT_BOUND = mostSamplesPerSecond(40) * CONFIGURED;

/** A server whose changes are made as soon as they are due. */
function paced({ stackDepth = 40, stepMs = 1000 } = {}) {
  const clock = scriptedClock({ monotonic: 0 });
  const pace = createSamplingPace({ clock, finestBytes: CONFIGURED });
  let samplingIntervalBytes = CONFIGURED;
  let allocatedBytes = 0;
  const changes: { readonly second: number; readonly toBytes: number }[] = [];
  const note = (): void => pace.note({ allocatedBytes, samplingIntervalBytes, stackDepth });
  note();
  return {
    pace,
    changes,
    note,
    /** Allocates so much in every second, for some seconds. */
    run(seconds: number, bytesPerSecond: number): void {
      for (let ms = 0; ms < seconds * 1000; ms += stepMs) {
        clock.advance(stepMs);
        allocatedBytes += (bytesPerSecond * stepMs) / 1000;
        note();
        if (pace.due === undefined) continue;
        changes.push({ second: clock.monotonic() / 1000, toBytes: pace.due.toBytes });
        samplingIntervalBytes = pace.due.toBytes;
      }
    },
  };
}

t.test('half a percent of a core is 333 samples a second at 40 frames, and fewer at more', async (t) => {
  t.equal(Math.round(mostSamplesPerSecond(40)), 333);
  t.equal(Math.round(mostSamplesPerSecond(128)), 121);
  t.equal(mostSamplesPerSecond(5), mostSamplesPerSecond(40), 'low stacks are not trusted to stay low');
});

t.test(
  'a server that was quiet for an hour and gets busy is within the bound after two seconds',
  async (t) => {
    const { run, changes, pace } = paced();
    run(3600, MiB);
    t.same(changes, []);
    run(2, 500 * MiB);
    t.same(changes, [{ second: 3602, toBytes: 2 * MiB }], '250 samples a second instead of 1,000');
    t.match(pace.due, {
      fromBytes: CONFIGURED,
      allocatedBytesPerSecond: 500 * MiB,
      samplesPerSecond: 1000,
      mostSamplesPerSecond: mostSamplesPerSecond(40),
    });
    run(600, 500 * MiB);
    t.equal(changes.length, 1, 'and stays there');
  },
);

t.test('one second of a burst changes nothing; bursts that come again do', async (t) => {
  const once = paced();
  once.run(60, MiB);
  once.run(1, 2000 * MiB);
  once.run(60, MiB);
  t.same(once.changes, []);

  const often = paced();
  for (let burst = 0; burst < 10; burst += 1) {
    often.run(1, 2000 * MiB);
    often.run(1, 0);
  }
  t.match(often.changes, [{ toBytes: 8 * MiB }]);
});

t.test('a load little above the bound is given more time, but not for ever', async (t) => {
  const { run, changes } = paced();
  run(60, 0.98 * AT_BOUND);
  t.same(changes, []);
  run(10, 1.15 * AT_BOUND);
  t.match(changes, [{ toBytes: MiB, second: 65 }]);
});

t.test('deep stacks cost more, so fewer of them are taken', async (t) => {
  const { run, changes } = paced({ stackDepth: 128 });
  run(3, 0.5 * AT_BOUND);
  t.match(changes, [{ second: 3, toBytes: MiB }]);
});

t.test('it becomes finer by steps after long quiet only, and at most twice an hour', async (t) => {
  const { run, changes } = paced();
  run(2, 1000 * MiB);
  t.match(changes, [{ second: 2, toBytes: 4 * MiB }]);
  run(1799, MiB);
  t.equal(changes.length, 1);
  run(3 * 3600, MiB);
  t.same(
    changes.slice(1).map(({ toBytes }) => toBytes / MiB),
    [2, 1, 0.5],
    'down to what was configured',
  );
  const [first, second, third] = changes.slice(1).map((change) => change.second);
  t.ok(second! - first! >= 1800 && third! - second! >= 1800);

  const never = paced();
  never.run(2, 1000 * MiB);
  for (let minute = 0; minute < 300; minute += 1) {
    never.run(58, MiB);
    never.run(2, 1000 * MiB);
  }
  t.equal(never.changes.length, 1, 'a load that comes again is no quiet');
});

t.test('calls that come too close, or change the interval themselves, count once', async (t) => {
  const { run, changes, note } = paced({ stepMs: 100 });
  run(2, 500 * MiB);
  note();
  note();
  t.match(changes, [{ toBytes: 2 * MiB }]);
  t.equal(changes.length, 1);
  const coarsest = paced();
  coarsest.run(20, 200_000 * MiB);
  t.equal(coarsest.changes.at(-1)?.toBytes, 16 * MiB, 'nothing coarser is of use');
  t.equal(coarsest.changes.length, 1);
});
