import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { TidemarkError } from '../../src/base/errors.js';
import { createOperations, type OperationContext } from '../../src/cost/operations.js';
import { scriptedClock } from '../helpers/scripted-clock.js';

function operated() {
  const clock = scriptedClock({ monotonic: 0 });
  const faults: unknown[] = [];
  const operations = createOperations(clock, (fault) => faults.push(fault));
  return { clock, faults, operations };
}

/** Work that goes on until it is told how to end. */
function held() {
  let context: OperationContext | undefined;
  const ends: { resolve: (value: number) => void; reject: (error: unknown) => void }[] = [];
  const run = (given: OperationContext): Promise<number> =>
    new Promise((resolve, reject) => {
      context = given;
      ends.push({ resolve, reject });
      given.signal.addEventListener('abort', () =>
        reject(new TidemarkError('TIDEMARK_ERR_SNAPSHOT_CANCELLED')),
      );
    });
  return { run, context: () => context!, end: () => ends.at(-1)! };
}

t.test('an operation says how far it is, and in the end what came of it', async (t) => {
  const { operations, clock } = operated();
  const work = held();
  const { operation, done } = operations.start({ kind: 'snapshot', subject: 'x', run: work.run });
  t.match(operation, { kind: 'snapshot', subject: 'x', state: 'running', progress: 0 });
  await turn();
  work.context().report(0.4, 'writing');
  t.match(operations.get(operation.id), { progress: 0.4, step: 'writing' });
  work.context().report(7);
  t.equal(operations.get(operation.id).progress, 1, 'never more than all');
  clock.advance(1000);
  work.end().resolve(42);
  t.equal(await done, 42);
  const ended = operations.get(operation.id);
  t.match(ended, { state: 'succeeded', progress: 1, result: 42 });
  t.equal(ended.endedAtMs! - ended.startedAtMs, 1000);
  t.same(operations.list(), [ended]);
});

t.test('what fails keeps its code; what nobody foresaw is told and not shown', async (t) => {
  const { operations, faults } = operated();
  const known = operations.start({
    kind: 'a',
    run: async () => Promise.reject(new TidemarkError('TIDEMARK_ERR_HEAP_LIMIT')),
  });
  await t.rejects(known.done, { code: 'TIDEMARK_ERR_HEAP_LIMIT' });
  t.match(operations.get(known.operation.id), {
    state: 'failed',
    error: { code: 'TIDEMARK_ERR_HEAP_LIMIT' },
  });
  const fault = new Error('of the inside');
  const unknown = operations.start({ kind: 'a', run: async () => Promise.reject(fault) });
  await t.rejects(unknown.done, { code: 'TIDEMARK_ERR_INTERNAL' });
  t.same(faults, [fault]);
  t.notMatch(operations.get(unknown.operation.id).error?.message, /inside/);
});

t.test('what is cancelled ends as such, what has ended is forgotten, and closing ends all', async (t) => {
  const { operations } = operated();
  const [one, two] = [held(), held()].map(({ run }) => operations.start({ kind: 'a', run })) as [
    ReturnType<typeof operations.start>,
    ReturnType<typeof operations.start>,
  ];
  await turn();
  t.equal(operations.cancel(one.operation.id).state, 'running');
  await t.rejects(one.done);
  t.equal(operations.get(one.operation.id).state, 'cancelled');
  operations.cancel(one.operation.id);
  t.throws(() => operations.get(one.operation.id), { code: 'TIDEMARK_ERR_OPERATION_UNKNOWN' });
  await operations.close();
  t.equal(operations.get(two.operation.id).state, 'cancelled');
});

t.test('of those that have ended only the last are remembered', async (t) => {
  const { operations } = operated();
  const still = operations.start({ kind: 'long', run: held().run });
  for (let i = 0; i < 50; i += 1) await operations.start({ kind: 'short', run: async () => i }).done;
  t.equal(operations.list().length, 33);
  t.equal(operations.list()[0]?.result, 49);
  t.equal(operations.get(still.operation.id).state, 'running', 'what runs always is');
  await operations.close();
});

t.test('what is started after the close is cancelled at once', async (t) => {
  const { operations } = operated();
  await operations.close();
  const { operation, done } = operations.start({
    kind: 'a',
    run: async ({ signal }) => signal.throwIfAborted(),
  });
  await t.rejects(done);
  t.equal(operations.get(operation.id).state, 'cancelled');
});
