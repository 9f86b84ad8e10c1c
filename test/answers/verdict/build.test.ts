import t from 'tap';
import { resolveOptions } from '../../../src/config/resolve.js';
import { textOf } from '../../../src/answers/render/text.js';
import { verdictBlocks } from '../../../src/answers/verdict/blocks.js';
import { buildVerdict, type VerdictSource } from '../../../src/answers/verdict/build.js';
import type { Suspects } from '../../../src/verdict/attribution/suspects.js';
import type { Retention } from '../../../src/profile/windows/windows.js';
import { VERDICT_NAMES, type Judgement } from '../../../src/verdict/verdict.js';
import { readContract } from '../../helpers/contract.js';
import { retention } from '../../profile/windows/retention-builder.js';

const contract = readContract();
const nowMs = Date.UTC(2026, 0, 2, 3, 0, 0);
const mib = 1024 * 1024;

const window = { fromMs: nowMs - 600_000, toMs: nowMs, majorGcs: 12, requests: 6000 };
const growth = {
  bytesPerSecond: { value: 1024.4, low: 512, high: 2048 },
  bytesPerRequest: { value: 102.4, low: 51, high: 205 },
};
const seen = {
  confidence: 0.97,
  window,
  growth,
  ruledOut: [{ verdict: 'stable', because: 'it rises' }],
} as const;

const judgements: Readonly<Record<Judgement['verdict'], Judgement>> = {
  'insufficient-data': {
    verdict: 'insufficient-data',
    missing: ['2 more major GCs'],
    readyInSeconds: 20,
    ruledOut: [],
  },
  stable: { verdict: 'stable', ...seen, growth: { bytesPerSecond: { value: -1, low: -2, high: 0 } } },
  filling: { verdict: 'filling', signal: 'heap-floor', ...seen },
  'load-following': { verdict: 'load-following', ...seen, because: 'requests in flight explain 90 %' },
  churning: { verdict: 'churning', ...seen, because: 'GC takes 20 % of the time' },
  fragmented: { verdict: 'fragmented', ...seen, because: '300 MiB are held but unused; 40 MiB are in use' },
  growing: { verdict: 'growing', signal: 'heap-floor', decidedAtMs: nowMs + 60_000, ...seen },
  leaking: { verdict: 'leaking', signal: 'heap-floor', ...seen },
  'native-growth': { verdict: 'native-growth', signal: 'external-floor', ...seen },
};

const stack = Array.from({ length: 10 }, (_, i) => `frame${i} (src/cache.js:${i}:1)`);
const found: Suspects = {
  routes: ['GET /orders/:id', 'GET /carts'].map((route, index) => ({
    index,
    route,
    bytesPerRequest: { value: 90, low: 80, high: 100 },
    share: 0.5,
    evidence: 'window',
    requests: 3000,
    collinearWith: index === 0 ? ['POST /orders'] : [],
  })),
  sites: [
    { function: 'remember', file: 'src/cache.js', line: 42, kind: 'application' },
    { function: '(node)', file: '', line: 0, kind: 'node' },
  ].map((place) => ({
    ...place,
    column: 9,
    liveBytes: 5000,
    liveSamples: 5,
    newLiveBytes: 4000,
    growthBytes: { value: 4000, low: 3000, high: 5000 },
    share: 0.8,
    stack: place.file === '' ? [] : stack,
    callees: [],
    routes: ['GET /orders/:id'],
  })),
};

/** Windows that nothing refuses. */
function windowsWith(results: readonly Retention[], more: Partial<Windows> = {}): Windows {
  return { results, open: undefined, refusal: () => undefined, creditInSeconds: 0, ...more };
}
type Windows = NonNullable<VerdictSource['windows']>;

function source(overrides: Partial<VerdictSource> = {}): VerdictSource {
  return {
    options: resolveOptions({}, {}),
    clock: { wall: () => nowMs, monotonic: () => 0 },
    detector: undefined,
    profile: { running: true, refusal: undefined },
    windows: windowsWith([retention()]),
    recorder: { completed: 6000, dropped: 0, routes: { size: 40, dropped: 0 } },
    budget: { canSpend: () => ({ ok: true }) },
    failures: () => ({}),
    latest: () => ({
      at: nowMs,
      monotonicMs: 0,
      heap: {
        usedBytes: 50 * mib,
        committedBytes: 60 * mib,
        limitBytes: 100 * mib,
        mallocedBytes: 0,
        externalBytes: 0,
        nativeContexts: 1,
        detachedContexts: 0,
        spaces: [],
      },
      limit: { bytes: 100 * mib, source: 'configured' },
    }),
    suspects: () => found,
    instances: { growing: () => [] },
    expectedCosts: () => ({ gcPauseMs: 10, profileReadMs: 20 }),
    ...overrides,
  };
}

t.test('every class of verdict keeps the contract, in JSON and in words', async (t) => {
  t.same(Object.keys(judgements).toSorted(), VERDICT_NAMES.toSorted());
  for (const [verdict, judgement] of Object.entries(judgements)) {
    const answer = buildVerdict(source(), judgement);
    t.same(contract.schemaFaults('Verdict', JSON.parse(JSON.stringify(answer))), [], verdict);
    t.equal(answer.verdict, verdict);
    const isRising = ['growing', 'leaking', 'native-growth'].includes(verdict);
    t.equal('suspects' in answer, isRising, `${verdict} and suspects`);
    t.equal('exhaustion' in answer, isRising && verdict !== 'native-growth', `${verdict} and exhaustion`);
    t.equal('window' in answer, verdict !== 'insufficient-data', `${verdict} and window`);
    t.equal('decidedAt' in answer, verdict === 'growing', `${verdict} and decidedAt`);
    t.ok(answer.next.length > 0);
    const words = textOf(verdictBlocks(answer));
    t.match(words, new RegExp(`^verdict +${verdict}[:,]`));
    t.notMatch(words, /undefined|NaN|\[object/);
    for (const line of words.split('\n')) t.ok(line.length <= 120 || line.includes('curl'), line);
  }
});

t.test('a leak is told in the order in which an operator asks', async (t) => {
  const answer = buildVerdict(source(), judgements.leaking);
  t.same(answer.growth?.bytesPerSecond, { value: 1024, low: 512, high: 2048 }, 'bytes are whole');
  t.equal(answer.exhaustion?.at, new Date(nowMs + ((50 * mib) / 1024.4) * 1000).toISOString());
  const words = textOf(verdictBlocks(answer));
  const labels = [...words.split('\n\n')[0]!.matchAll(/^\w+/gm)].map(([label]) => label);
  t.same([...new Set(labels)], ['verdict', 'growth', 'route', 'line', 'exhaustion', 'seen', 'also', 'not']);
  t.match(words, /cannot be told\s+apart from POST \/orders/);
  t.match(words, 'src/cache.js:42:9 in remember grew by 3.91 KiB');
  t.match(words, '(node) grew by', 'what has no file is called by its name');
  t.match(words, 'and 2 more in the JSON');
});

t.test('what is not known is left out', async (t) => {
  const { limit: _, ...unlimited } = source().latest();
  t.notOk('exhaustion' in buildVerdict(source({ latest: () => unlimited }), judgements.leaking));
  const slow = { ...growth, bytesPerSecond: { value: 1e-12, low: 1e-13, high: 1 } };
  const never = buildVerdict(source(), { ...judgements.leaking, growth: slow } as Judgement);
  t.notOk('at' in (never.exhaustion ?? { at: 0 }), 'no date after the last one');
  t.same(contract.schemaFaults('Verdict', JSON.parse(JSON.stringify(never))), []);
  const flat = { bytesPerSecond: { value: 1, low: -1, high: 2 } };
  const unsure = buildVerdict(source(), { ...judgements.leaking, growth: flat } as Judgement);
  t.notOk('exhaustion' in unsure, 'growth that may be nil has no end');
  t.match(textOf(verdictBlocks(unsure)), /growth +1 B \(-1 B to 2 B\) a second\n/);
  const nothing = buildVerdict(source({ suspects: () => ({ routes: [], sites: [] }) }), judgements.leaking);
  t.notMatch(textOf(verdictBlocks(nothing)), /\nroute|\nline|stack/);
});

function steps(options: object): string {
  const { next } = buildVerdict(source({ options: resolveOptions(options, {}) }), judgements.leaking);
  return next.map(({ method, path }) => `${method} ${path}`).join('\n');
}

t.test('only steps that would work are named', async (t) => {
  t.match(steps({}), /profile[^]*routes[^]*pprof[^]*POST/);
  t.notMatch(steps({ profile: { enabled: false } }), /profile|pprof/);
  t.notMatch(steps({ requests: { enabled: false } }), /memory\/routes/);
});

function limitationsOfGrowing(decidedAtMs: number): unknown {
  return buildVerdict(source(), { ...judgements.growing, decidedAtMs } as Judgement).limitations;
}

t.test('a date that has passed without a floor to decide on is no longer promised silently', async (t) => {
  t.equal(limitationsOfGrowing(nowMs + 1), undefined);
  t.match(limitationsOfGrowing(nowMs - 1), [
    { part: 'probes', because: /^no floor has come since the fill horizon ended/ },
  ]);
});

const idle = { delayMeanMs: 1, delayP50Ms: 1, delayP99Ms: 1, delayMaxMs: 1, utilization: 0 };

/** What is said of a rise whose cause is not known. */
function limitationsUnnamed(overrides: Partial<VerdictSource>): unknown {
  const unnamed = source({ suspects: () => ({ routes: [], sites: [] }), ...overrides });
  return buildVerdict(unnamed, judgements.leaking).limitations;
}

t.test('a rise without a line says why, unless a window was looked through', async (t) => {
  t.match(limitationsUnnamed({ windows: windowsWith([]) }), [
    { part: 'profile', because: /^no retention window was opened/ },
  ]);
  t.equal(limitationsUnnamed({ windows: windowsWith([retention()]) }), undefined);
  const beforeRise = { ...retention(), toMs: -600_001 };
  t.match(
    limitationsUnnamed({ windows: windowsWith([beforeRise]) }),
    [{ because: /since the growth began/ }],
    'one from before the growth shows nothing of it',
  );
  t.match(limitationsUnnamed({ profile: { running: false, refusal: 'another agent samples' } }), [
    { part: 'profile', because: 'another agent samples: no line can be named' },
  ]);
});

t.test('a rise that no window has explained says why none can be opened now', async (t) => {
  const some = [retention()];
  const because = /^no retention window can be opened now: /;
  t.match(
    limitationsUnnamed({ windows: windowsWith(some, { refusal: () => '3 MiB are left to the limit' }) }),
    [{ part: 'windows', because: /: 3 MiB are left to the limit$/ }],
  );
  t.match(limitationsUnnamed({ windows: windowsWith(some, { creditInSeconds: 90 }) }), [
    { part: 'windows', because },
  ]);
  t.match(
    limitationsUnnamed({
      windows: windowsWith(some),
      budget: { canSpend: () => ({ ok: false, retryAfterSeconds: 9 }) },
    }),
    [{ part: 'windows', because }, { part: 'probes' }],
  );
  t.match(
    limitationsUnnamed({
      latest: () => ({ eventLoop: { ...idle, utilization: 0.99 } }),
      windows: windowsWith(some),
    }),
    [{ part: 'windows', because: /busy for 99 % of the time$/ }],
  );
  const named = buildVerdict(
    source({ windows: windowsWith(some, { creditInSeconds: 90 }) }),
    judgements.leaking,
  );
  t.notOk('limitations' in named, 'a window has shown whose it is');
});

t.test('a rise whose route no window has named suggests one, where one can be opened', async (t) => {
  const asks = (overrides: Partial<VerdictSource>): boolean =>
    buildVerdict(source(overrides), judgements.growing).next.some(({ query }) => query?.['window'] === '1');
  const unnamed = { suspects: () => ({ routes: [], sites: [] }) };
  t.equal(asks(unnamed), true);
  const [step] = buildVerdict(source(unnamed), judgements.growing).next;
  t.match(step, { query: { window: '1' }, cost: { pauseMs: 20 } }, 'first, and with what it costs');
  t.equal(asks({}), false, 'a window has named it');
  t.equal(asks({ ...unnamed, profile: { running: false, refusal: 'another agent samples' } }), false);
  t.equal(asks({ ...unnamed, options: resolveOptions({ requests: { enabled: false } }, {}) }), false);
});
