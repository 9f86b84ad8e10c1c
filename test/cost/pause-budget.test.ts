import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { createPauseBudget, type PauseBudgetSettings } from '../../src/cost/pause-budget.js';

const minuteMs = 60_000;
const startMs = Date.UTC(2026, 0, 1, 12);

/** A clock that a test turns; the monotonic part starts anew with each process, as the real one does. */
function fakeClock(wallMs = startMs) {
  let elapsed = 0;
  let step = 0;
  return {
    wall: () => wallMs + elapsed + step,
    monotonic: () => elapsed,
    advance(milliseconds: number) {
      elapsed += milliseconds;
    },
    setWall(milliseconds: number) {
      step += milliseconds;
    },
  };
}

function budgetOf(settings: Partial<PauseBudgetSettings> = {}) {
  const clock = fakeClock();
  const errors: unknown[] = [];
  const budget = createPauseBudget({
    millisecondsPerHour: 1000,
    clock,
    onError: (error) => errors.push(error),
    ...settings,
  });
  return { clock, errors, budget };
}

t.test('spends up to the budget, refuses beyond it, and says when to come back', async (t) => {
  const { budget, clock } = budgetOf();
  t.equal(budget.remainingMs(), 1000);
  t.same(budget.trySpend(600), { ok: true });
  clock.advance(10 * minuteMs);
  t.same(budget.trySpend(300), { ok: true });
  t.equal(budget.remainingMs(), 100);

  const refused = budget.trySpend(200);
  t.equal(refused.ok, false);
  if (refused.ok) return;
  t.equal(refused.retryAfterSeconds, 51 * 60, 'when the first spend has left the hour');
  clock.advance(refused.retryAfterSeconds * 1000 - 1000);
  t.equal(budget.trySpend(200).ok, false, 'not a second sooner');
  clock.advance(1000);
  t.same(budget.trySpend(200), { ok: true });
});

t.test('what it really took replaces what was expected', async (t) => {
  const { budget } = budgetOf();
  budget.trySpend(500);
  budget.settle(40);
  t.equal(budget.remainingMs(), 960);
  budget.trySpend(10);
  budget.settle(90);
  t.equal(budget.remainingMs(), 870);
  budget.settle(70);
  t.equal(budget.remainingMs(), 800, 'an unreserved pause is charged');
  budget.trySpend(100);
  budget.settle(Number.NaN);
  t.equal(budget.remainingMs(), 700, 'an unknown pause stays as expected');
  budget.settle(5000);
  t.equal(budget.remainingMs(), 0, 'never negative');
  const refused = budget.trySpend(0);
  t.match(
    refused,
    { ok: false, retryAfterSeconds: 61 * 60 },
    'nothing is left, not even for a free operation',
  );
});

t.test(
  'overlapping reservations add up whoever settles first, and asking alone reserves nothing',
  async (t) => {
    const { budget } = budgetOf();
    budget.trySpend(100);
    budget.trySpend(300);
    budget.settle(50);
    budget.settle(20);
    t.equal(budget.remainingMs(), 930);
    t.same(budget.canSpend(930), { ok: true });
    t.equal(budget.canSpend(931).ok, false);
    t.equal(budget.remainingMs(), 930);
  },
);

t.test('refunds nothing to a minute that has left the window', async (t) => {
  const { budget, clock } = budgetOf();
  budget.trySpend(500);
  clock.advance(61 * minuteMs);
  budget.trySpend(500);
  budget.settle(500);
  budget.settle(100);
  t.equal(budget.remainingMs(), 500, 'the late refund did not touch the minute that took its slot');
});

t.test('reservations that nobody settles stay charged', async (t) => {
  const { budget } = budgetOf();
  for (let i = 0; i < 100; i++) budget.trySpend(1);
  for (let i = 0; i < 64; i++) budget.settle(0);
  t.equal(budget.remainingMs(), 964);
});

t.test('an operation that never fits is told an hour; a budget of zero allows nothing', async (t) => {
  t.match(budgetOf().budget.trySpend(1001), { ok: false, retryAfterSeconds: 3600 });
  t.match(budgetOf().budget.trySpend(Number.POSITIVE_INFINITY), { ok: false, retryAfterSeconds: 3600 });
  t.match(budgetOf({ millisecondsPerHour: 0 }).budget.trySpend(0), { ok: false, retryAfterSeconds: 3600 });
});

t.test('setting the wall clock forward does not refill the budget', async (t) => {
  const { budget, clock } = budgetOf();
  budget.trySpend(1000);
  clock.setWall(7 * 24 * 60 * minuteMs);
  t.equal(budget.remainingMs(), 0);
});

t.test('a restart takes over what was spent, in a file only we can read', async (t) => {
  const directory = join(t.testdir(), 'state', 'tidemark');
  const file = join(directory, 'pause-budget.json');
  const first = budgetOf({ file });
  await first.budget.load();
  await first.budget.flush();
  t.throws(() => statSync(directory), 'nothing spent, nothing written');
  for (let i = 0; i < 10; i++) first.budget.trySpend(70);
  await first.budget.flush();
  t.equal(statSync(directory).mode & 0o777, 0o700);
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.same(readdirSync(directory), ['pause-budget.json'], 'no temporary file is left');
  first.budget.settle(170);
  await first.budget.flush();

  const second = budgetOf({ file, clock: fakeClock(startMs + 30 * minuteMs) });
  await second.budget.load();
  t.equal(second.budget.remainingMs(), 200);
  const third = budgetOf({ file, clock: fakeClock(startMs + 61 * minuteMs) });
  await third.budget.load();
  t.equal(third.budget.remainingMs(), 1000, 'the hour is over');
  const past = budgetOf({ file, clock: fakeClock(startMs - 1000 * minuteMs) });
  await past.budget.load();
  t.equal(past.budget.remainingMs(), 200, 'a clock that was set back forgives nothing');
  t.same(
    [first, second, third, past].flatMap(({ errors }) => errors),
    [],
  );
});

t.test('spends of one turn are written once and spends during a write are not lost', async (t) => {
  const file = join(t.testdir(), 'pause-budget.json');
  const { budget } = budgetOf({ file });
  budget.trySpend(1);
  const flushed = budget.flush();
  await new Promise((resolve) => setImmediate(resolve));
  budget.trySpend(2);
  await flushed;
  await budget.flush();
  t.match(JSON.parse(readFileSync(file, 'utf8')), { version: 1, minutes: [[startMs / minuteMs, 3]] });
});

t.test('a damaged or foreign file counts as an hour of spending that ages out', async (t) => {
  const damaged = [
    '',
    '{',
    'null',
    '{"version":1}',
    '{"minutes":[[1]]}',
    '{"minutes":[["a",1]]}',
    '{"minutes":[[1,-5]]}',
  ];
  for (const text of [...damaged, `{"minutes":[]}${' '.repeat(20_000)}`]) {
    const file = join(t.testdir({ 'pause-budget.json': text }), 'pause-budget.json');
    const { budget, clock, errors } = budgetOf({ file });
    await budget.load();
    t.equal(Math.round(budget.remainingMs()), 0, text.slice(0, 30));
    t.equal(budget.trySpend(50).ok, false);
    t.equal(errors.length, 1);
    clock.advance(31 * minuteMs);
    t.equal(Math.round(budget.remainingMs()), 500, 'half an hour later, half of it');
  }
});

t.test('symbolic links are not followed, pipes do not hang, folders in the way do not crash', async (t) => {
  const directory = t.testdir({ elsewhere: { 'secret.json': '{"minutes":[]}' }, real: {}, folder: {} });
  const link = join(directory, 'real', 'pause-budget.json');
  symlinkSync(join(directory, 'elsewhere', 'secret.json'), link);
  symlinkSync(join(directory, 'elsewhere'), join(directory, 'linked'));
  const pipe = join(directory, 'folder', 'pipe');
  execFileSync('mkfifo', [pipe]);
  mkdirSync(join(directory, 'folder', 'inside'));

  for (const file of [
    link,
    join(directory, 'linked', 'secret.json'),
    pipe,
    join(directory, 'folder', 'inside'),
  ]) {
    const { budget, errors } = budgetOf({ file });
    await budget.load();
    t.equal(Math.round(budget.remainingMs()), 0, file.slice(directory.length));
    t.equal(errors.length, 1);
  }

  const { budget, errors } = budgetOf({ file: link });
  budget.trySpend(1);
  await budget.flush();
  t.equal(lstatSync(link).isFile(), true, 'the link was replaced');
  t.equal(readFileSync(join(directory, 'elsewhere', 'secret.json'), 'utf8'), '{"minutes":[]}');
  t.same(errors, []);
});

t.test('a place that cannot be written is reported, tried again, and stops nothing', async (t) => {
  const directory = t.testdir({ blocked: 'a file where the folder should be' });
  const folder = join(directory, 'blocked');
  const file = join(folder, 'pause-budget.json');
  const { budget, errors } = budgetOf({ file });
  t.same(budget.trySpend(100), { ok: true });
  await budget.flush();
  t.equal(budget.remainingMs(), 900);
  t.equal(errors.length, 1);

  execFileSync('rm', [folder]);
  await budget.flush();
  t.match(readFileSync(file, 'utf8'), /minutes/);
  await budget.flush();
  t.equal(errors.length, 1);

  const occupied = join(directory, 'occupied');
  mkdirSync(join(occupied, 'inside'), { recursive: true });
  writeFileSync(join(occupied, 'inside', 'x'), '');
  chmodSync(occupied, 0o700);
  const second = budgetOf({ file: join(occupied, 'inside') });
  second.budget.trySpend(1);
  await second.budget.flush();
  t.equal(second.errors.length, 1);
  t.same(readdirSync(occupied), ['inside'], 'the temporary file is gone');
});
