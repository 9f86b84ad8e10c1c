import t from 'tap';
import { valueLines } from '../../../src/answers/render/values.js';
import { formatBytes, formatNamed, formatSeconds } from '../../../src/answers/render/units.js';

t.test('bytes carry a binary unit', async (t) => {
  t.equal(formatBytes(512), '512 B');
  t.equal(formatBytes(12.4 * 1024 * 1024), '12.4 MiB');
  t.equal(formatBytes(-2048), '-2.00 KiB');
  t.equal(formatBytes(2 ** 50 * 1.5), '1536.0 TiB');
  t.equal(formatBytes(NaN), '-');
});

t.test('durations use two units at most', async (t) => {
  t.equal(formatSeconds(0.0123), '12.3 ms');
  t.equal(formatSeconds(12.34), '12.3 s');
  t.equal(formatSeconds(245), '4 min 5 s');
  t.equal(formatSeconds(3600 * 3 + 1200), '3 h 20 min');
  t.equal(formatSeconds(86_400 * 5 + 7200), '5 d 2 h');
  t.equal(formatSeconds(Infinity), '-');
});

t.test('the name of a field tells its unit', async (t) => {
  t.equal(formatNamed('bytesPerSecond', 1024), '1.00 KiB/s');
  t.equal(formatNamed('bytesPerRequest', 1024), '1.00 KiB/request');
  t.equal(formatNamed('pauseMs', 40), '40 ms');
  t.equal(formatNamed('uptimeSeconds', 61), '1 min 1 s');
  t.equal(formatNamed('usedRatio', 0.5), '50.0 %');
  t.equal(formatNamed('count', 3), '3');
  t.equal(formatNamed('load', 1.23456), '1.235');
  t.equal(formatNamed('anything', null), '-');
});

t.test('plain values are aligned under their names', async (t) => {
  const lines = valueLines(
    {
      verdict: 'leaking',
      missing: undefined,
      growth: { bytesPerSecond: { value: 2048, low: 1024, high: 4096 } },
      suspects: [
        { route: 'GET /a', bytesPerRequest: { value: 10, low: 5, high: 20 }, stack: ['f', 'g'], only: ['x'] },
        { route: 'GET /long', nested: { liveBytes: 1024 }, items: [{ a: 1 }], only: [] },
      ],
      none: [],
      notes: ['one', 'two'],
      mixed: [{ a: 1 }, 2],
    },
    120,
  );
  t.same(lines, [
    'verdict  leaking',
    'growth',
    '  bytesPerSecond  2.00 KiB/s (1.00 KiB/s to 4.00 KiB/s)',
    'suspects',
    '  route      bytesPerRequest                             stack   only  nested.liveBytes  items',
    '  GET /a     10 B/request (5 B/request to 20 B/request)  f (+1)  x     -                 -',
    '  GET /long  -                                           -       none  1.00 KiB          1 items',
    'none     none',
    'notes    one, two',
    'mixed',
    '  a  1',
    '  2',
  ]);
  t.same(valueLines(['a', 'b'], 120), ['a', 'b']);
  t.equal(valueLines({ long: [{ text: 'x'.repeat(200) }] }, 120)[2]?.length, 120, 'a cell is cut');
});

t.test('rounding never makes sixty of a unit', async (t) => {
  const shown = [0.9996, 59.96, 119.7, 3599.6, 7199, 86_399, 172_799].map(formatSeconds);
  t.same(shown, ['1.0 s', '1 min 0 s', '2 min 0 s', '1 h 0 min', '2 h 0 min', '1 d 0 h', '2 d 0 h']);
  t.equal(formatSeconds(-5), '-5.0 s');
});
