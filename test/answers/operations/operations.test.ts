import t from 'tap';
import { operationBlocks, operationsBlocks } from '../../../src/answers/operations/blocks.js';
import { buildOperation, buildOperations, buildPending } from '../../../src/answers/operations/build.js';
import { commandOf } from '../../../src/answers/render/commands.js';
import { textOf } from '../../../src/answers/render/text.js';
import type { Operation } from '../../../src/cost/operations.js';

const startedAtMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const running: Operation = {
  id: 'op-1',
  kind: 'analysis',
  subject: 'one',
  state: 'running',
  progress: 0.4,
  step: 'reading',
  startedAtMs,
};
const ended = (kind: string, subject?: string, result?: unknown): Operation => ({
  id: 'op-2',
  kind,
  ...(subject !== undefined && { subject }),
  state: 'succeeded',
  progress: 1,
  startedAtMs,
  endedAtMs: startedAtMs + 2_000,
  result,
});
const taken = {
  snapshot: { id: 'two', rawBytes: 2048 },
  writer: 'fork',
  attempts: 2,
  pauseMs: 20,
  totalMs: 900,
};

const command = (operation: Operation): string => buildOperation(operation).next.map(commandOf).join();

t.test('what runs says where to ask, and what has ended where its result is', async (t) => {
  t.equal(command(running), 'GET /memory/operations/op-1?format=text');
  t.equal(command(ended('snapshot', undefined, taken)), 'GET /memory/snapshots/two/analysis?format=text');
  t.equal(command(ended('analysis', 'one')), 'GET /memory/snapshots/one/analysis?format=text');
  t.equal(
    command(ended('comparison', 'one two')),
    'GET /memory/snapshot/compare?snapshot1=one&snapshot2=two&format=text',
  );
  t.equal(command(ended('deep')), 'GET /memory/leak-detection?deep=1&format=text');
  t.equal(command({ ...ended('analysis', 'one'), state: 'failed' }), '');
});

t.test('only a snapshot has its result in the operation', async (t) => {
  t.match(buildOperation(ended('snapshot', undefined, taken)), {
    startedAt: '2026-01-02T03:04:05.000Z',
    endedAt: '2026-01-02T03:04:07.000Z',
    result: taken,
  });
  t.notOk('result' in buildOperation(ended('analysis', 'one', { classes: [] })));
});

t.test('the text has progress while it runs, and then what came of it', async (t) => {
  t.match(textOf(operationBlocks(buildOperation(running))), /state +running, 40 % done: reading\n/);
  const text = textOf(operationBlocks(buildOperation(ended('snapshot', undefined, taken))));
  t.match(text, /state +succeeded\nstarted +2026-01-02T03:04:05\.000Z, took 2\.0 s\n/);
  t.match(text, /snapshot two of 2\.00 KiB by fork in 2 attempts; the server paused for 20 ms/);
  const all = textOf(operationsBlocks(buildOperations([running, ended('deep')])));
  t.match(all, /^1 running, 1 ended\n/);
  t.match(all, /op-1 +analysis +running +40 % /);
});

t.test('an answer is built once it is there', async (t) => {
  t.same(
    buildPending({ state: 'ready', answer: 2 }, (found) => found + 1),
    { state: 'ready', answer: 3 },
  );
  t.match(
    buildPending({ state: 'running', operation: running }, () => t.fail('not yet')),
    { state: 'running', operation: { id: 'op-1', next: [{ why: 'how far it is' }] } },
  );
});
