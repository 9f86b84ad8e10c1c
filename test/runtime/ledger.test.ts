import t, { type Test } from 'tap';
import { createFailures } from '../../src/base/failures.js';
import { resolveOptions } from '../../src/config/resolve.js';
import type { Sample } from '../../src/measure/reading.js';
import { createLedger, type LedgerSources } from '../../src/runtime/ledger.js';
import { scriptedClock } from '../helpers/scripted-clock.js';

const sample: Sample = { at: 0, monotonicMs: 0 };

function scripted(t: Test, given: Partial<LedgerSources> = {}) {
  const clock = scriptedClock();
  const options = resolveOptions({ stateDirectory: t.testdir(), cost: { pauseBudgetMsPerHour: 1_000 } }, {});
  const ledger = createLedger(options, {
    clock,
    failures: createFailures({ warn: () => undefined }),
    latest: () => sample,
    profileReadMs: () => undefined,
    selfBytes: () => 4_096,
    ...given,
  });
  return { ledger, clock };
}

t.test('what stops the thread is charged, and the next is expected to cost as much', async (t) => {
  const { ledger, clock } = scripted(t);
  t.same(ledger.expectedCosts(), { gcPauseMs: 5, profileReadMs: 5 });
  const { value, costMs } = await ledger.pay('GC', 2, () => {
    clock.advance(80);
    return 'done';
  });
  t.same({ value, costMs }, { value: 'done', costMs: 80 });
  t.same(ledger.expectedCosts(), { gcPauseMs: 40, profileReadMs: 40 });
  t.equal(ledger.budget.remainingMs(), 920);
  ledger.charge(20);
  ledger.countProbe();
  ledger.countSampling(3);
  t.same(ledger.cost(), { samplingSeconds: 0.003, pauseSeconds: 0.1, probeGcs: 1, selfBytes: 4_096 });
  await ledger.budget.flush();
});

t.test('the newest reading of the profile tells what the next one costs', async (t) => {
  const { ledger } = scripted(t, { profileReadMs: () => 70 });
  t.same(ledger.expectedCosts(), { gcPauseMs: 5, profileReadMs: 70 });
});

t.test('an overloaded process pays for nothing', async (t) => {
  const eventLoop = { delayMeanMs: 1, delayP50Ms: 1, delayP99Ms: 1, delayMaxMs: 1, utilization: 1 };
  const { ledger } = scripted(t, { latest: () => ({ ...sample, eventLoop }) });
  await t.rejects(
    ledger.pay('GC', 1, () => 'done'),
    { code: 'TIDEMARK_ERR_COST_OVERLOADED' },
  );
  t.equal(ledger.cost().pauseSeconds, 0);
});
