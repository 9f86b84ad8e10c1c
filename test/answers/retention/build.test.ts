import t from 'tap';
import {
  buildRetention,
  retentionFindings,
  type RetentionSource,
} from '../../../src/answers/retention/build.js';
import { retentionBlocks, retentionSection } from '../../../src/answers/retention/blocks.js';
import { textOf } from '../../../src/answers/render/text.js';
import { resolveOptions } from '../../../src/config/resolve.js';
import { createLocator } from '../../../src/profile/place.js';
import { readContract } from '../../helpers/contract.js';
import { leftAt, leftBy, retention, sampled } from '../../profile/windows/retention-builder.js';

const contract = readContract();
const nowMs = Date.UTC(2026, 0, 2, 3, 0, 0);
const routes = ['GET /orders/:id', 'GET /items', 'POST /carts'];

const source: RetentionSource = {
  clock: { wall: () => nowMs, monotonic: () => 60_000 },
  profile: { locate: createLocator(undefined, '/app') },
  recorder: { routes: { label: (row) => routes[row] ?? '?' } },
};

const steps = {
  options: resolveOptions({}, {}),
  expectedCosts: () => ({ gcPauseMs: 10, profileReadMs: 20 }),
};

/** Twenty survivors of 100 bytes each at `remember`, of 10 requests; nothing of another route. */
const leak = retention([leftBy(0, 10, [leftAt('remember', sampled(2_000, 20))]), leftBy(1, 8, [])], {
  fromMs: 50_000,
  marksBytes: 4_096.4,
});

t.test('the route that retains most comes first, then how it was measured', async (t) => {
  const findings = retentionFindings(source, [leak]);
  t.match(findings, {
    headline:
      /^GET \/orders\/:id keeps 200 B \(122 B to 309 B\) a request, most of it allocated at src\/cache\.js:42:9 in remember\.$/,
    from: '2026-01-02T02:59:50.000Z',
    to: '2026-01-02T02:59:51.000Z',
    windows: [{ seconds: 1, ended: 'time', because: 'its time was up', requests: 18 }],
    requests: 18,
    cost: { hooksSeconds: 1, pauseMs: 20, marksBytes: 4_096 },
  });
  t.match(findings.routes, [
    {
      route: 'GET /orders/:id',
      requests: 10,
      bytesPerRequest: { value: 200, low: 122, high: 309 },
      samples: 20,
      sites: [{ function: 'remember', file: 'src/cache.js', line: 42, bytesPerRequest: { value: 200 } }],
    },
    { route: 'GET /items', requests: 8, samples: 0, sites: [], bytesPerRequest: { value: 0 } },
  ]);
  // 7.22 is the bound of a mean of which two were seen.
  t.equal(findings.routes[1]?.unseenBytesPerRequest, Math.round((7.2247 * 512) / 8));
  const answer = buildRetention(steps, findings);
  t.same(contract.schemaFaults('Retention', JSON.parse(JSON.stringify(answer))), []);
  const words = textOf(retentionBlocks(answer));
  t.match(words, /^GET \/orders\/:id keeps 200 B/);
  t.match(
    words,
    /\nfollowed +18 requests for 1\.0 s from 2026-01-02T02:59:50\.000Z, until its time was up\n/,
  );
  t.match(words, /\nGET \/items +8 +nothing repeatedly \(detection limit 462 B\) +0\n/);
  t.match(words, /\ncost +promise hooks for 1\.0 s, a pause of 20 ms in all, 4\.00 KiB for marks\n/);
  t.match(words, /\nnext\n/);
  const part = textOf(retentionSection(findings));
  t.match(part, /^what requests left in retention windows\n {2}GET \/orders\/:id keeps/);
  t.notMatch(part, /next|curl/);
  t.same(retentionSection(undefined), []);
});

t.test('several windows give the result of one long window', async (t) => {
  const later = {
    ...leak,
    fromMs: 55_000,
    toMs: 56_000,
    ended: 'marks',
    samplingIntervalBytes: 1_024,
  } as const;
  const findings = retentionFindings(source, [leak, later], ['it ended early']);
  t.match(findings, {
    from: '2026-01-02T02:59:50.000Z',
    to: '2026-01-02T02:59:56.000Z',
    requests: 36,
    routes: [{ requests: 20, samples: 40, bytesPerRequest: { value: 200 } }, { requests: 16 }],
    cost: { hooksSeconds: 2, pauseMs: 40 },
    limitations: ['it ended early'],
  });
  t.equal(findings.routes[1]?.unseenBytesPerRequest, Math.round(7.2247 / (8 / 512 + 8 / 1_024)));
  const words = textOf(retentionBlocks(buildRetention(steps, findings)));
  t.match(
    words,
    /36 requests for 2\.0 s from \S+ in 2 windows, the last of which ended because the\n +memory for its marks was used up\n/,
  );
  t.match(words, /\nlimitation +it ended early\n/);
});

t.test('memory outside requests, after their end and not attributed is listed separately', async (t) => {
  const outside = [leftAt('poll', sampled(3_000, 30))];
  const findings = retentionFindings(source, [
    retention([leftBy(0, 5, [], { afterBytes: 500 })], { outside, unknownBytes: 1_000 }),
  ]);
  t.match(findings, {
    headline:
      /^No route repeatedly leaves memory behind, but work outside requests retains 2\.93 KiB \(.*\) a second, allocated at src\/cache\.js:42:9 in poll\.$/,
    routes: [{ afterEndBytes: 500 }],
    outside: [{ function: 'poll', samples: 30, bytesPerSecond: { value: 3_000 } }],
    unattributedShare: 0.25,
  });
  const words = textOf(retentionBlocks(buildRetention(steps, findings)));
  t.match(words, /\nnot attributed +25 % of the surviving memory\n/);
  t.match(
    words,
    /\nafter the end +500 B retained by work that continued after requests of GET \/orders\/:id had ended\n/,
  );
  t.match(words, /\n +per second +survivors +outside requests, at/);
});

t.test('says that nothing is retained only after enough requests', async (t) => {
  const headlineOf = (requests: number): string =>
    retentionFindings(source, [retention(requests === 0 ? [] : [leftBy(0, requests, [])])]).headline;
  t.match(headlineOf(0), /^No request arrived while the window was open/);
  t.match(headlineOf(2), /^Too few requests were followed .*: 2 in total\.$/);
  t.match(
    headlineOf(9),
    /^Nothing is retained: the 9 requests of the one route left no memory behind repeatedly\.$/,
  );
  t.match(retentionFindings(source, []), {
    headline: /^No retention window has been opened yet/,
    windows: [],
    requests: 0,
  });
  const few = retention([
    leftBy(0, 4, [leftAt('newest', sampled(9_000, 20))]),
    leftBy(1, 10, [leftAt('kept', sampled(1_000, 20))]),
  ]);
  t.match(
    retentionFindings(source, [few]).headline,
    /^GET \/items keeps 100 B/,
    'what is sure is said first',
  );
  t.match(
    retentionFindings(source, [{ ...few, routes: few.routes.slice(0, 1) }]).headline,
    /^GET \/orders\/:id may keep 2\.20 KiB .*; only 4 of its requests were followed, which is too few to be sure\.$/,
  );
  const chance = retention([leftBy(0, 9, [leftAt('once', sampled(300, 3))])]);
  t.match(retentionFindings(source, [chance]).headline, /^Nothing is retained/, 'three survivors are chance');
});

t.test('lists what the figures do not cover', async (t) => {
  const some = retention([leftBy(0, 10, []), leftBy(1, 1, [])], {
    requests: 14,
    marks: 100,
    missedMarks: 20,
  });
  t.same(retentionFindings(source, [some]).limitations, [
    '3 of 14 requests are not counted: they had not ended, are not recorded, were the last of their connection, or shared their context with another request',
    'one route had fewer than 3 requests, too few to show repeated retention',
    'V8 did not sample 20 of 100 marks: some allocations around them are not attributed',
  ]);
  t.notOk(
    'limitations' in retentionFindings(source, [retention([leftBy(0, 10, [])])]),
    'absent when nothing',
  );
});
