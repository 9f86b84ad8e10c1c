import t from 'tap';
import { parseDurationMs } from '../../src/exports/duration.js';
import { parseExportRule } from '../../src/exports/export-rule.js';

const defaults = { max: 10, timeWindowMs: 60_000 };
const parse = (value: unknown) => parseExportRule(value, defaults, 'GET /x config.export');

t.test('durations have a unit', async (t) => {
  const known: [string, number][] = [
    ['250ms', 250],
    ['30 s', 30_000],
    ['1 minute', 60_000],
    ['2 Minutes', 120_000],
    ['1.5h', 5_400_000],
    [' 1 day ', 86_400_000],
  ];
  for (const [text, expected] of known) t.equal(parseDurationMs(text), expected, text);
  for (const text of ['', '5', 'minute', '-1 s', '1 fortnight', '1 constructor', '1s 2s']) {
    t.equal(parseDurationMs(text), undefined, text);
  }
});

t.test('a route asks with true or with settings, whose gaps the defaults fill', async (t) => {
  t.same(parse(undefined), { asked: false });
  t.same(parse(false), { asked: false });
  t.same(parse(true), { asked: true, rule: defaults });
  t.same(parse({}), { asked: true, rule: defaults });
  t.same(parse({ max: 2 }), { asked: true, rule: { max: 2, timeWindowMs: 60_000 } });
  t.same(parse({ timeWindow: '2 s' }), { asked: true, rule: { max: 10, timeWindowMs: 2000 } });
  t.same(parse({ max: 1, timeWindow: 1500.7 }), { asked: true, rule: { max: 1, timeWindowMs: 1500 } });
});

t.test('every fault is named', async (t) => {
  for (const value of ['yes', 1, null, []]) {
    t.match(parse(value), {
      problems: [{ path: 'GET /x config.export', expected: 'true or { max, timeWindow }' }],
    });
  }
  t.match(parse({ max: 0, timeWindow: 'soon', window: 1 }), {
    problems: [
      { path: 'GET /x config.export.window', message: 'is not known' },
      { path: 'GET /x config.export.max', value: 0 },
      { path: 'GET /x config.export.timeWindow', value: 'soon' },
    ],
  });
  for (const max of [1.5, -1, '3', Number.NaN, null]) {
    t.match(parse({ max }), { problems: [{ path: 'GET /x config.export.max' }] }, String(max));
  }
  for (const timeWindow of [0, -1, Number.POSITIVE_INFINITY, '2 days', true, null]) {
    t.match(
      parse({ timeWindow }),
      { problems: [{ path: 'GET /x config.export.timeWindow' }] },
      String(timeWindow),
    );
  }
});
