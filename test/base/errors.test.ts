import { readFileSync } from 'node:fs';
import t from 'tap';
import { errorTable, isRefusal, TidemarkError, type ErrorCode } from '../../src/base/errors.js';

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
const rows = new Map(
  [...page.matchAll(/^\| `(\w+)` +\| +(\d+) +\| (.*?) +\| (.*?) +\|$/gm)].map(
    ([, code, status, meaning, remedy]) => [
      code!,
      { status: Number(status), meaning: meaning!, remedy: remedy! },
    ],
  ),
);

t.test('the page explains every code of the table, and no other', async (t) => {
  t.same([...rows.keys()], Object.keys(errorTable), 'in the order of the table');
  t.equal(rows.size, page.split('\n').filter((line) => line.startsWith('| `')).length, 'every row was read');
  for (const [code, { statusCode }] of Object.entries(errorTable)) {
    t.equal(rows.get(code)?.status, statusCode, code);
    t.match(rows.get(code)?.meaning, /\.$/, `${code} has a meaning`);
    t.match(rows.get(code)?.remedy, /\.$/, `${code} says what to do`);
  }
});

t.test('codes are named by area and have a status that is an error', async (t) => {
  for (const [code, { statusCode, message }] of Object.entries(errorTable)) {
    t.match(code, /^TIDEMARK_ERR(_[A-Z]+)+$/);
    t.ok(statusCode >= 400 && statusCode < 600, code);
    t.notMatch(message, /\.$/, `${code}: a reason may follow`);
  }
});

t.test('an error carries what the table says, the reason and the details', async (t) => {
  const cause = new Error('inner');
  const error = new TidemarkError('TIDEMARK_ERR_COST_BUDGET', {
    reason: '3 ms are left',
    details: [{ path: 'a.b', message: 'is wrong' }],
    retryAfterSeconds: 7,
    cause,
  });
  t.match(error, {
    name: 'TidemarkError',
    code: 'TIDEMARK_ERR_COST_BUDGET',
    statusCode: 429,
    message: 'The pause budget of this hour is spent: 3 ms are left\n  - a.b: is wrong',
    retryAfterSeconds: 7,
  });
  t.equal(error.cause, cause);
  t.notOk('cause' in new TidemarkError('TIDEMARK_ERR_INTERNAL'), 'no cause is made up');
});

t.test('only what says "not now" is a refusal', async (t) => {
  const refusals = (Object.keys(errorTable) as ErrorCode[]).filter((code) =>
    isRefusal(new TidemarkError(code)),
  );
  t.same(refusals, [
    'TIDEMARK_ERR_COST_BUSY',
    'TIDEMARK_ERR_COST_RATE',
    'TIDEMARK_ERR_COST_BUDGET',
    'TIDEMARK_ERR_COST_OVERLOADED',
  ]);
  t.notOk(isRefusal(new Error('TIDEMARK_ERR_COST_BUSY')));
});
