import t from 'tap';
import { buildHistory } from '../../../src/answers/history/build.js';
import { historyCsv } from '../../../src/answers/history/csv.js';
import { resolveOptions } from '../../../src/config/resolve.js';
import { createHistory, type History } from '../../../src/history/history.js';

function csvOf(history: History): string {
  const source = {
    options: resolveOptions({}, {}),
    expectedCosts: () => ({ gcPauseMs: 0, profileReadMs: 0 }),
  };
  return historyCsv(buildHistory(source, history.query({})));
}

t.test('a line a step: ISO times, three columns a series, an empty cell for null', async (t) => {
  const history = createHistory({ series: ['heapUsedBytes', 'rssBytes'], intervalSeconds: 1 });
  const start = Date.UTC(2026, 0, 2, 3, 4, 5);
  history.record(start, Float64Array.of(1, NaN));
  history.record(start + 400, Float64Array.of(7, NaN));
  history.record(start + 2000, Float64Array.of(0, 2 ** 50));
  t.equal(
    csvOf(history),
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
    csvOf(history),
    'time,"a,b_min","a,b_max","a,b_last","say ""x""_min","say ""x""_max","say ""x""_last"\r\n',
  );
});
