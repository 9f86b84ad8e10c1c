import t from 'tap';
import { createAdmission } from '../../src/cost/admission.js';
import { createPauseBudget } from '../../src/cost/pause-budget.js';
import { createSlot } from '../../src/cost/slot.js';

function house({ load = 0.1 as number | undefined, millisecondsPerHour = 1000 } = {}) {
  const state = { elapsed: 0, load };
  const clock = { wall: () => Date.UTC(2026, 0, 1) + state.elapsed, monotonic: () => state.elapsed };
  const budget = createPauseBudget({ millisecondsPerHour, clock });
  const slot = createSlot(clock);
  const admission = createAdmission({
    clock,
    budget,
    slot,
    utilization: () => state.load,
    maxEventLoopUtilization: 0.95,
  });
  return { state, budget, slot, admission };
}

t.test('an operation is charged what it took', async (t) => {
  const { admission, budget, state, slot } = house();
  const paid = await admission.run({ name: 'gc', expectedMs: 300 }, () => {
    t.equal(budget.remainingMs(), 700, 'reserved while it runs');
    t.equal(slot.current()?.name, 'gc');
    state.elapsed += 42;
    return 'done';
  });
  t.same(paid, { value: 'done', costMs: 42 });
  t.equal(budget.remainingMs(), 958);
  t.equal(slot.current(), undefined);
});

t.test('an operation that waits is charged what it says that it blocked', async (t) => {
  const { admission, budget, state } = house();
  const paid = await admission.run({ name: 'profile', expectedMs: 100 }, async (meter) => {
    meter.blocked(30);
    await Promise.resolve();
    state.elapsed += 20_000;
    meter.blocked(35);
  });
  t.equal(paid.costMs, 65);
  t.equal(budget.remainingMs(), 935);
});

t.test('a failed operation is charged too and frees the way', async (t) => {
  const { admission, budget, state } = house();
  const failing = admission.run({ name: 'gc', expectedMs: 5 }, () => {
    state.elapsed += 10;
    throw new Error('broken');
  });
  await t.rejects(failing, { message: 'broken' });
  t.equal(budget.remainingMs(), 990);
  t.match(await admission.run({ name: 'gc', expectedMs: 5 }, () => 1), { value: 1 });
});

t.test('of two at once the second is told what runs and since when', async (t) => {
  const { admission, budget, state, slot } = house();
  let finish: (() => void) | undefined;
  const first = admission.run({ name: 'profile', expectedMs: 100 }, (meter) => {
    meter.blocked(100);
    return new Promise<void>((done) => {
      finish = done;
    });
  });
  state.elapsed += 3200;
  const refused = {
    code: 'TIDEMARK_ERR_COST_BUSY',
    statusCode: 409,
    message: /"profile" runs since 2026-01-01T00:00:00.000Z \(3\.2 s\)/,
  };
  await t.rejects(
    admission.run({ name: 'gc', expectedMs: 100 }, () => t.fail('must not run')),
    refused,
  );
  t.throws(() => admission.admit({ name: 'gc', expectedMs: 1 }), refused);
  t.equal(budget.remainingMs(), 900, 'the refused one reserved nothing');
  finish?.();
  await first;
  t.equal(slot.current(), undefined);
});

t.test('what is admitted holds the slot and its reservation until it has run', async (t) => {
  const { admission, budget, slot } = house();
  const run = admission.admit({ name: 'heap snapshot', expectedMs: 300 });
  t.equal(budget.remainingMs(), 700);
  t.throws(() => admission.admit({ name: 'gc', expectedMs: 1 }), { code: 'TIDEMARK_ERR_COST_BUSY' });
  const paid = await run(async (meter) => {
    await Promise.resolve();
    meter.blocked(40);
    return 'done';
  });
  t.same(paid, { value: 'done', costMs: 40 });
  t.equal(budget.remainingMs(), 960);
  t.equal(slot.current(), undefined);
});

t.test('a spent budget is 429 with a Retry-After', async (t) => {
  const { admission } = house({ millisecondsPerHour: 100 });
  await admission.run({ name: 'gc', expectedMs: 10 }, (meter) => meter.blocked(90));
  await t.rejects(
    admission.run({ name: 'gc', expectedMs: 25.2 }, () => t.fail('must not run')),
    {
      code: 'TIDEMARK_ERR_COST_BUDGET',
      statusCode: 429,
      retryAfterSeconds: 61 * 60,
      message: /"gc" needs about 26 ms, 10 ms are left/,
    },
  );
});

t.test('an overloaded event loop is 503 before anything else, an unread one is not', async (t) => {
  const { admission, state } = house({ load: 0.97, millisecondsPerHour: 0 });
  const operation = { name: 'gc', expectedMs: 1 };
  await t.rejects(
    admission.run(operation, () => t.fail('must not run')),
    {
      code: 'TIDEMARK_ERR_COST_OVERLOADED',
      statusCode: 503,
      retryAfterSeconds: 10,
      message: /utilisation 0\.97, limit 0\.95/,
    },
  );
  state.load = 0.95;
  t.throws(() => admission.admit(operation), { code: 'TIDEMARK_ERR_COST_BUDGET' });
  state.load = undefined;
  t.throws(() => admission.admit(operation), { code: 'TIDEMARK_ERR_COST_BUDGET' });
});
