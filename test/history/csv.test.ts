import t from 'tap';
import { toCsv } from '../../src/history/csv.js';
import { createHistory } from '../../src/history/history.js';

t.test('a line a step: ISO times, three columns a series, an empty cell for null', async (t) => {
  const history = createHistory({ series: ['heapUsedBytes', 'rssBytes'], intervalSeconds: 1 });
  const start = Date.UTC(2026, 0, 2, 3, 4, 5);
  history.record(start, Float64Array.of(1, NaN));
  history.record(start + 400, Float64Array.of(7, NaN));
  history.record(start + 2000, Float64Array.of(0, 2 ** 50));
  t.equal(
    toCsv(history.query({})),
    [
      'time,heapUsedBytes_min,heapUsedBytes_max,heapUsedBytes_last,rssBytes_min,rssBytes_max,rssBytes_last',
      '2026-01-02T03:04:05.000Z,1,7,7,,,',
      '2026-01-02T03:04:06.000Z,,,,,,',
      '2026-01-02T03:04:07.000Z,0,0,0,1125899906842624,1125899906842624,1125899906842624',
      '',
    ].join('\r\n'),
  );
});

t.test('nothing recorded is a header; awkward names are quoted', async (t) => {
  const history = createHistory({ series: ['a,b', 'say "x"'], intervalSeconds: 1 });
  t.equal(
    toCsv(history.query({})),
    'time,"a,b_min","a,b_max","a,b_last","say ""x""_min","say ""x""_max","say ""x""_last"\r\n',
  );
});
