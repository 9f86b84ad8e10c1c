import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { TidemarkError } from '../../../src/base/errors.js';
import { createOperations } from '../../../src/cost/operations.js';
import { createLongAnswers, type LongAnswer } from '../../../src/snapshot/service/long-answers.js';
import { scriptedClock } from '../../helpers/scripted-clock.js';

function answered() {
  const clock = scriptedClock({ monotonic: 0 });
  const operations = createOperations(clock, () => undefined);
  const answers = createLongAnswers(operations, clock);
  const ends: { resolve: (value: number) => void; reject: (error: unknown) => void }[] = [];
  const run = (): Promise<number> => new Promise((resolve, reject) => ends.push({ resolve, reject }));
  const ask = (key: string, maxAgeMs?: number): Promise<LongAnswer<number>> =>
    answers.ask({
      key,
      kind: 'analysis',
      ...(maxAgeMs !== undefined && { maxAgeMs }),
      prepare: async () => run,
    });
  return { clock, answers, ask, end: () => ends.at(-1)!, started: () => ends.length };
}

async function refuse(): Promise<never> {
  await turn();
  throw new TidemarkError('TIDEMARK_ERR_COST_OVERLOADED');
}

t.test('an answer is looked for once, remembered, and fails once', async (t) => {
  const { ask, clock, end } = answered();
  const first = await ask('q');
  t.equal(first.state, 'running');
  t.match(await ask('q'), first);
  clock.advance(2000);
  await t.rejects(ask('other'), {
    code: 'TIDEMARK_ERR_COST_BUSY',
    message: /"analysis" runs since .* \(2\.0 s\)/,
  });
  end().reject(new TidemarkError('TIDEMARK_ERR_HEAP_INVALID'));
  await turn();
  await t.rejects(ask('q'), { code: 'TIDEMARK_ERR_HEAP_INVALID' });
  t.match(await ask('q'), { state: 'running' }, 'then it is looked for anew');
  await turn();
  end().resolve(5);
  await turn();
  t.same(await ask('q'), { state: 'ready', answer: 5 });
});

t.test('two that ask at the same time get the same operation', async (t) => {
  const { ask, started } = answered();
  const [one, other] = await Promise.all([ask('q'), ask('q')]);
  t.match(one, other);
  await turn();
  t.equal(started(), 1);
});

t.test('a stale answer is known no more, and looked for anew', async (t) => {
  const { ask, answers, clock, end } = answered();
  await ask('q', 1000);
  await turn();
  end().resolve(5);
  await turn();
  t.equal(answers.known('q'), 5);
  clock.advance(999);
  t.same(await ask('q', 1000), { state: 'ready', answer: 5 });
  clock.advance(1);
  t.equal(answers.known('q'), undefined);
  t.match(await ask('q', 1000), { state: 'running' });
});

t.test('what the preparation refuses is thrown, and nothing stays occupied', async (t) => {
  const { answers, ask } = answered();
  const refused = [1, 2].map(() => answers.ask({ key: 'deep', kind: 'deep', prepare: refuse }));
  await t.rejects(ask('q'), { code: 'TIDEMARK_ERR_COST_BUSY' });
  for (const one of refused) await t.rejects(one, { code: 'TIDEMARK_ERR_COST_OVERLOADED' });
  t.match(await ask('q'), { state: 'running' });
});

t.test('so many answers are remembered', async (t) => {
  const { ask, end } = answered();
  for (let i = 0; i < 9; i += 1) {
    await ask(`q${i}`);
    await turn();
    end().resolve(i);
    await turn();
    t.same(await ask(`q${i}`), { state: 'ready', answer: i });
  }
  t.match(await ask('q8'), { state: 'ready' });
  t.match(await ask('q0'), { state: 'running' }, 'the oldest was forgotten');
});
