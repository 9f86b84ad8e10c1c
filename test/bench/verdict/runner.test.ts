import { stat } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { defaultThresholds } from '../../../src/verdict/thresholds.js';
import { MiB } from '../../verdict/synthetic-floors.js';
import {
  answer,
  innocent,
  leakLabel,
  record,
  rightSites,
  ROUTE,
  seriesOf,
  site,
  suspect,
} from '../../../bench/verdict/recorded-run.js';
import { parseSettings, USAGE } from '../../../bench/verdict/runner/arguments.js';
import { bestSlopeThreshold, memwatchAlleges, slopeScore } from '../../../bench/verdict/runner/baselines.js';
import { holdOut } from '../../../bench/verdict/runner/fit.js';
import type { Answer, Evidence, RunRecord } from '../../../bench/verdict/runner/record.js';
import { replay, replayWindows } from '../../../bench/verdict/runner/replay.js';
import { heldOutText, reportText, windowsText } from '../../../bench/verdict/runner/report.js';
import { isRight, scoreRun, type Score } from '../../../bench/verdict/runner/score.js';
import { loadRuns, saveRuns } from '../../../bench/verdict/runner/store.js';
import { isMissed, precision, recall, shareOf, summarize } from '../../../bench/verdict/runner/summary.js';
import type { Label } from '../../../bench/verdict/scenario.js';

t.test('a run that is right in everything', async (t) => {
  t.same(scoreRun(record()), {
    name: 'orders',
    family: 'collections',
    seed: 1,
    isLeak: true,
    expected: 'leaking',
    final: 'leaking',
    classRight: true,
    alleged: true,
    routeRight: true,
    named: [{ isRight: true, evidence: 'window', bytesError: 0.1 }],
    wrongAnswers: 0,
    siteRight: true,
    bytesErrors: [0.1],
    // 1,000 bytes for each of 6,000 requests in 60 s.
    leakedBytesPerSecond: 100_000,
    signalSeconds: 40,
    afterHorizonSeconds: 15,
  });
});

t.test('a leak is scored by its last answer, an innocent by every one', async (t) => {
  const late = [answer(40, 'leaking'), answer(60, 'stable')];
  t.match(scoreRun(record({ answers: late })), { alleged: false, classRight: false, final: 'stable' });
  t.notOk(
    'routeRight' in scoreRun(record({ answers: late })),
    'what was not alleged is not blamed for its route',
  );
  t.match(scoreRun(innocent({ answers: late })), { alleged: true, classRight: true });
  t.match(scoreRun(innocent()), { alleged: false, classRight: true, bytesErrors: [] });
  t.match(scoreRun(record({ answers: [] })), { alleged: false, final: 'insufficient-data' });
  t.ok(isRight('filling', innocent().label));
  t.notOk(isRight('churning', innocent().label));
});

const scored = (routes: Answer['routes'], label: Partial<Label> = {}) =>
  scoreRun(
    record({
      label: { ...leakLabel, ...label },
      answers: [answer(60, 'leaking', { routes, sites: [site('orders.ts', 'other')] })],
    }),
  );

t.test('routes have to stand first; sites among those kept', async (t) => {
  const both = [suspect('GET /a', 10), suspect(ROUTE, 1000)];
  t.match(scored(both), { routeRight: false, siteRight: false });
  t.match(scored(both, { routes: [ROUTE, 'GET /a'] }), { routeRight: true }, 'in any order');
  t.match(scored(both, { routes: [] }), { routeRight: false }, 'none is to blame, and two are named');
  t.match(scored([], { routes: [] }), { routeRight: true });
  t.same(scored([]).bytesErrors, [-1], 'a route that is not named leaks nothing, as far as one was told');
});

const rights = ({ named }: Score): boolean[] => named.map(({ isRight }) => isRight);

t.test('a route that is missing is told from a wrong one', async (t) => {
  const [a, b] = [suspect('GET /a', 10), suspect(ROUTE, 1000)];
  t.same(rights(scored([a, b])), [false], 'the right one is second');
  t.same(rights(scored([])), [], 'none is named');
  t.same(rights(scored([b], { routes: [ROUTE, 'GET /a'] })), [true], 'one of two is missing');
  t.same(rights(scored([a, b], { routes: [] })), [false, false], 'no route is to blame');
  const later = record({
    answers: [
      answer(20, 'stable', { routes: [a] }),
      answer(30, 'growing', { routes: [a] }),
      answer(40, 'growing'),
      answer(60, 'leaking', { routes: [b] }),
    ],
  });
  t.match(scoreRun(later), { routeRight: true, wrongAnswers: 1 }, 'named wrongly for a while');
  t.match(reportText(summarize([later])), /seed 1: named a wrong route in between;/);
});

const namedBy = (evidence: Evidence, route: string, bytes: number): RunRecord =>
  record({ answers: [answer(60, 'leaking', { routes: [suspect(route, bytes, evidence)] })] });

t.test('routes and bytes are counted by what named them', async (t) => {
  const windows = { count: 3, hooksSeconds: 1.25 };
  const used = record({ series: { ...record().series, retentionWindows: windows } });
  const summary = summarize([
    used,
    namedBy('window', 'GET /a', 10),
    namedBy('regression', ROUTE, 1500),
    record({ answers: [answer(60, 'leaking')] }),
  ]);
  t.same(summary.namings, [
    { evidence: 'window', routes: { right: 1, of: 2 }, bytes: { right: 1, of: 1 } },
    { evidence: 'regression', routes: { right: 1, of: 1 }, bytes: { right: 0, of: 1 } },
  ]);
  t.same(summary.routes, { right: 2, of: 4 });
  t.same(summary.wrongRoutes, { right: 1, of: 4 });
  t.same(summary.everWrongRoutes, { right: 1, of: 4 });
  const text = reportText(summary);
  t.match(text, /\| window \| 66\.7 % \(2 of 3\) \| 50\.0 % \(1 of 2\) \|/);
  t.match(text, /median and most: 3 and 3; seconds with promise hooks: 1\.3 and 1\.3/);
  t.match(text, /: wrong route;/);
  t.match(text, /: route missing;/);
  t.match(reportText(summarize([record()])), /## What named the routes/, 'also of runs without windows');
});

t.test('runs recorded before there were windows are scored too', async (t) => {
  const { evidence: _, ...old } = suspect(ROUTE, 1000);
  const run = record({ answers: [answer(60, 'leaking', { routes: [old] })] });
  t.same(scoreRun(replay(run)).named, [{ isRight: true, bytesError: 0 }]);
  t.notMatch(reportText(summarize([run])), /Retention windows in a run/);
});

t.test('the summary counts what the scores say', async (t) => {
  const falsely = innocent({ name: 'sessions', answers: [answer(60, 'leaking', { confidence: 0.97 })] });
  const missed = record({ name: 'timers', answers: [answer(60, 'stable', { confidence: 0.85 })] });
  const summary = summarize([record(), missed, innocent(), falsely]);
  const [own, memwatch, slope] = summary.detections;
  t.match(own, { found: 1, leaks: 2, falseAlarms: 1, innocents: 2 });
  t.equal(precision(own!), 0.5);
  t.equal(recall(own!), 0.5);
  t.match(memwatch, { found: 2, falseAlarms: 0 }, 'five growing collections');
  t.match(slope, { found: 2, falseAlarms: 0 }, 'the best threshold tells these apart');
  t.same(summary.classes, { right: 2, of: 4 });
  t.same(summary.routes, { right: 1, of: 1 });
  t.same(summary.bytes, { right: 1, of: 1 });
  t.equal(shareOf(summary.classes), 0.5);
  t.equal(summary.confusion.get('leaking')?.get('stable'), 1);
  t.equal(summary.confusion.get('stable')?.get('leaking'), 1);
  t.same(
    summary.reliability.map(({ from, right, of }) => ({ from, right, of })),
    [
      { from: 0.8, right: 0, of: 1 },
      { from: 0.9, right: 1, of: 1 },
      { from: 0.95, right: 2, of: 3 },
    ],
    'growing is right of a leak until it may be called one; answers before 30 s are not scored',
  );
  t.ok(isMissed(summary));
  t.notOk(isMissed(summarize([record(), innocent()])));
});

t.test('the report names every failure, and nothing else', async (t) => {
  const wrong = record({
    name: 'wrong-route',
    seed: 7,
    answers: [answer(60, 'leaking', { routes: [suspect('GET /a', 10)] })],
  });
  const falsely = innocent({ name: 'sessions', answers: [answer(60, 'leaking')] });
  const missed = record({ name: 'timers', answers: [answer(60, 'stable')] });
  const text = reportText(summarize([record(), innocent(), wrong, falsely, missed]));
  const failed = text.slice(text.indexOf('## What failed')).split('\n').slice(2);
  t.same(failed, [
    '- collections/wrong-route, seed 7: wrong route; line not among the first three; bytes per request off by more than 20 %',
    '- caches/sessions, seed 1: alleged although innocent; leaking instead of stable',
    '- collections/timers, seed 1: the leak was not called one; stable instead of leaking',
  ]);
  for (const name of ['collections/orders', 'caches/cache']) t.ok(text.includes(`| ${name} | 1 |`), name);
  t.match(text, /\| precision \| 66\.7 % \|/);
  t.match(text, /\| memwatch's rule \| \d of 3 \|/);
  t.match(reportText(summarize([record(), innocent()])), /## What failed\n\nNothing\.$/);
  t.match(reportText(summarize([innocent()])), /\| recall \| – \|/, 'no leaks, no recall');
});

t.test('memwatch’s rule wants five growing collections in a row', async (t) => {
  t.equal(memwatchAlleges(seriesOf([1, 2, 3, 4, 5, 6])), true);
  t.equal(memwatchAlleges(seriesOf([1, 2, 3, 4, 5])), false);
  t.equal(memwatchAlleges(seriesOf([1, 2, 3, 3, 4, 5, 6])), false);
  t.equal(memwatchAlleges(seriesOf([9, 1, 2, 3, 4, 5, 6, 0])), true, 'at any time');
  t.equal(memwatchAlleges(seriesOf([])), false);
});

t.test('the slope is scored by R², with the threshold that suits best', async (t) => {
  t.equal(slopeScore(seriesOf([1, 2, 3, 4])), 1);
  t.equal(slopeScore(seriesOf([4, 3, 2, 1])), -1);
  // Of 0 2 0 2 at 0 1 2 3: Sxx 5, Sxy 2, Syy 4, and R² is 4/(5 · 4).
  t.ok(Math.abs(slopeScore(seriesOf([0, 2, 0, 2])) - 0.2) < 1e-9);
  t.equal(slopeScore(seriesOf([5, 5, 5])), 0);
  t.equal(slopeScore(seriesOf([1, 2])), 0);
  const threshold = bestSlopeThreshold([record(), innocent()]);
  t.ok(threshold > slopeScore(innocent().series) && threshold <= 1, `${threshold}`);
  t.equal(bestSlopeThreshold([]), 1);
});

t.test('a replay judges after every floor, and keeps the suspects of the time', async (t) => {
  const { answers, ...rest } = replay(record());
  t.same({ ...rest, answers: record().answers }, record(), 'the rest is as recorded');
  t.same(
    answers.map(({ seconds }) => seconds),
    Array.from({ length: 10 }, (_, i) => 10 * i),
  );
  t.match(answers.at(0), { verdict: 'insufficient-data', routes: [] });
  t.match(answers.at(-1), { verdict: 'leaking', routes: [{ route: ROUTE }], sites: rightSites });
  t.match(answers[3], { verdict: 'growing', routes: [suspect(ROUTE, 900)] }, 'of the next recorded answer');
  const strict = replay(record(), { ...defaultThresholds, materialBytes: 1024 * MiB });
  t.equal(strict.answers.at(-1)?.verdict, 'stable', 'with the thresholds it is given');
  t.same(replay({ ...record(), series: seriesOf([]) }).answers, []);
});

t.test('windows of the runs are drawn alike every time', async (t) => {
  const runs = [record(), innocent()];
  const tally = replayWindows(runs, 15);
  t.match(tally, { leaks: 15, innocents: 15, alleged: 0 });
  t.ok(tally.found > 7, `${tally.found}`);
  t.same(replayWindows(runs, 15), tally);
  t.match(windowsText(tally), new RegExp(`30 random windows.* ${tally.found} of 15 windows of leaks`));
  t.same(replayWindows([record({ series: seriesOf([1, 2, 3, 4, 5]) })], 15), {
    leaks: 0,
    found: 0,
    innocents: 0,
    alleged: 0,
  });
});

t.test('each family is judged by thresholds that the others chose', async (t) => {
  const steps: number[] = [];
  const families = holdOut([record(), innocent()], (done) => steps.push(done));
  t.same(
    families.map((one) => ({ ...one, thresholds: {} })),
    [
      {
        family: 'collections',
        runs: 1,
        classRight: 1,
        leaks: 1,
        found: 1,
        innocents: 0,
        alleged: 0,
        thresholds: {},
      },
      {
        family: 'caches',
        runs: 1,
        classRight: 1,
        leaks: 0,
        found: 0,
        innocents: 1,
        alleged: 0,
        thresholds: {},
      },
    ],
  );
  t.same(
    steps,
    steps.map((_, i) => i),
  );
  const text = heldOutText(families);
  t.match(text, /\| collections \| 1 of 1 \| 1 of 1 \| 0 of 0 \| steadyPace /);
  t.match(text, /\| all \| 2 of 2 \| 1 of 1 \| 0 of 1 \|/);
});

t.test('the command line', async (t) => {
  t.same(parseSettings([], 4), {
    only: [],
    seconds: 90,
    fillHorizonSeconds: 45,
    repeat: 1,
    seed: 1,
    atOnce: 8,
    windows: 20,
    holdOut: false,
    write: false,
    list: false,
  });
  const given = '--only a --only b/c --seconds 30 --seed 0 --at-once 1 --json f --replay g --hold-out';
  t.match(parseSettings(given.split(' '), 4), {
    only: ['a', 'b/c'],
    seconds: 30,
    seed: 0,
    atOnce: 1,
    json: 'f',
    replay: 'g',
    holdOut: true,
  });
  t.equal(parseSettings(['--help'], 4), undefined);
  for (const bad of [
    ['--seconds', '9'],
    ['--repeat', '1.5'],
    ['--seed', '-1'],
    ['--windows', 'x'],
  ]) {
    t.throws(() => parseSettings([`${bad[0]}=${bad[1]}`], 4), {
      message: new RegExp(`${bad[0]} needs.*${bad[1]}`),
    });
  }
  t.throws(() => parseSettings(['--sceonds', '30'], 4), /--sceonds/);
  for (const option of ['only', 'seconds', 'horizon', 'repeat', 'replay', 'hold-out'])
    t.ok(USAGE.includes(`--${option}`));
});

t.test('recorded runs come back as they were, compressed or not', async (t) => {
  const folder = t.testdir();
  const runs = [record({ truth: { [ROUTE]: 1000.123 } }), innocent()];
  for (const name of ['runs.jsonl', 'runs.jsonl.gz']) {
    const file = path.join(folder, name);
    await saveRuns(file, runs);
    t.same(await loadRuns(file), runs, name);
  }
  const [plain, compressed] = await Promise.all(
    ['runs.jsonl', 'runs.jsonl.gz'].map(async (name) => (await stat(path.join(folder, name))).size),
  );
  t.ok(compressed! < plain! / 4, `${compressed} of ${plain} bytes`);
  const rounded = path.join(folder, 'rounded.jsonl');
  await saveRuns(rounded, [record({ truth: { [ROUTE]: 1 / 3 } })]);
  t.equal((await loadRuns(rounded))[0]?.truth[ROUTE], 0.333, 'three decimals');
});
