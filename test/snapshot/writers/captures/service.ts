import { join } from 'node:path';
import t, { type Test } from 'tap';
import { systemClock } from '../../../../src/base/clock.js';
import { resolveOptions } from '../../../../src/config/resolve.js';
import { createAdmission } from '../../../../src/cost/admission.js';
import { createOperations } from '../../../../src/cost/operations.js';
import { createPauseBudget } from '../../../../src/cost/pause-budget.js';
import { processSlot } from '../../../../src/cost/slot.js';
import { createSnapshotService } from '../../../../src/snapshot/service/service.js';
import { loadNative } from '../../../../src/snapshot/writers/native.js';
import { skipWithout, temporaryFolder } from '../capture-tools.js';
import { childProcesses, snapshotChild } from '../processes.js';

const addon = loadNative();
const skip = skipWithout(addon);
t.setTimeout(230_000);

/** A service as one instance of the plugin has it. */
function served(t: Test) {
  const clock = systemClock;
  const stateDirectory = temporaryFolder(t);
  const options = resolveOptions({ stateDirectory, snapshots: { writer: 'fork' } }, {});
  const budget = createPauseBudget({ millisecondsPerHour: 60_000, clock });
  const admission = createAdmission({
    clock,
    budget,
    slot: processSlot(clock),
    utilization: () => undefined,
    maxEventLoopUtilization: 1,
  });
  const warnings: object[] = [];
  const log = { info: () => undefined, warn: (details: object) => void warnings.push(details) };
  const operations = createOperations(clock, (error) => log.warn({ error }));
  const host = {
    operations,
    options,
    clock,
    admission,
    judgement: () => undefined,
    makeWay: async () => undefined,
    latest: () => ({}),
    charge: () => undefined,
  };
  const service = createSnapshotService(host, log);
  t.teardown(() => service.close());
  return { service, operations, budget, warnings, directory: join(stateDirectory, 'snapshots') };
}

t.test('one capture at a time in a process, however many instances there are', { skip }, async (t) => {
  const [one, other] = [served(t), served(t)];
  const { operation, done } = await one.service.take({ force: true });
  process.kill(await snapshotChild(), 'SIGSTOP');
  for (const { service } of [one, other]) {
    await t.rejects(service.take({ force: true }), {
      code: 'TIDEMARK_ERR_COST_BUSY',
      message: /"heap snapshot" runs since/,
    });
    await t.rejects(service.deep.look(), { code: 'TIDEMARK_ERR_COST_BUSY' });
  }
  t.equal(other.budget.remainingMs(), 60_000, 'what is refused costs nothing');
  one.operations.cancel(operation.id);
  await t.rejects(done, { code: 'TIDEMARK_ERR_SNAPSHOT_CANCELLED' });
  t.equal(one.service.counts().failed, 1);
  const { done: next } = await other.service.take({ force: true });
  t.match(await next, { writer: 'fork', attempts: 1, snapshot: { trigger: 'request', redacted: true } });
  t.same([...one.warnings, ...other.warnings], []);
});

t.test('closing ends the capture that runs, and allows no other', { skip }, async (t) => {
  const { service, operations } = served(t);
  const { operation, done } = await service.take({ force: true });
  process.kill(await snapshotChild(), 'SIGSTOP');
  await service.close();
  t.same(childProcesses(), [], 'reaped when it resolves');
  await t.rejects(done, { code: 'TIDEMARK_ERR_SNAPSHOT_CANCELLED' });
  t.equal(operations.get(operation.id).state, 'cancelled');
  const late = await service.take({ force: true });
  await t.rejects(late.done, { code: 'TIDEMARK_ERR_SNAPSHOT_CANCELLED' });
  t.same(childProcesses(), []);
  t.same((await (await service.store()).list()).snapshots, []);
});
