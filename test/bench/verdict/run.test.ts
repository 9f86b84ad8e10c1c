import { readdir } from 'node:fs/promises';
import t from 'tap';
import { VERDICT_NAMES } from '../../../src/verdict/verdict.js';
import { loadScenario } from '../../../bench/verdict/catalogue.js';
import type { Answer } from '../../../bench/verdict/runner/record.js';
import { replay } from '../../../bench/verdict/runner/replay.js';
import { runScenario } from '../../../bench/verdict/runner/run.js';
import { measureTruth } from '../../../bench/verdict/runner/truth.js';
import { leftOver } from '../../helpers/left-over.js';

/** What this process has running or open. */
const open = (): string[] =>
  process.getActiveResourcesInfo().filter((one) => /^(Process|TCP|Pipe).*Wrap$/.test(one));

t.test(
  'a scenario runs as a server under traffic, and nothing stays behind',
  { timeout: 60_000 },
  async (t) => {
    const folder = t.testdir();
    const before = { ...process.env };
    const openBefore = open();
    t.teardown(() => {
      if (before['TMPDIR'] === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before['TMPDIR'];
    });
    // The servers keep their state under it, and other runs of the corpus at the same time do not.
    process.env['TMPDIR'] = folder;
    const entry = await loadScenario('collections', 'unbounded-map');
    const truth = await measureTruth(entry, 1);
    const bytes = truth['POST /quotes'] ?? 0;
    t.ok(bytes > 300 && bytes < 5000, `${bytes} bytes stay after a quote of eight lines`);
    const { signal } = new AbortController();
    const seen: Answer[] = [];
    const run = await runScenario(entry, {
      seconds: 12,
      fillHorizonSeconds: 5,
      seed: 1,
      truth,
      signal,
      onAnswer: (one) => seen.push(one),
    });
    t.match(run, { name: 'unbounded-map', family: 'collections', label: entry.label, truth, unsent: Number });
    t.ok(run.answers.length >= 3, `${run.answers.length} answers`);
    t.same(seen, run.answers);
    for (const one of run.answers)
      t.ok(VERDICT_NAMES.includes(one.verdict), `${one.verdict} at ${one.seconds} s`);
    const answered = Object.values(run.requests).reduce((all, one) => all + one, 0);
    t.ok(answered > 300, `${answered} requests answered`);
    t.ok((run.requests['POST /quotes'] ?? 0) > 0);
    t.same(Object.keys(run.statuses), ['200']);
    t.ok(run.series.heapUsed.length >= 5, 'the heap was sampled');
    t.ok(
      (run.series.points.at(-1)?.routeCounts?.length ?? 0) > 0,
      'and floors were seen, with what each route did',
    );
    t.match(run.series.retentionWindows, { count: Number, hooksSeconds: Number });
    t.ok(replay(run).answers.every(({ verdict }) => VERDICT_NAMES.includes(verdict)));
    t.same(await leftOver(open, openBefore), [], 'no process and no connection');
    t.same(await readdir(folder), [], 'and no folder');
  },
);

t.test('a run that is broken off leaves nothing behind either', { timeout: 30_000 }, async (t) => {
  const openBefore = open();
  const entry = await loadScenario('lifecycle', 'idle');
  const interrupted = new AbortController();
  const running = runScenario(entry, {
    seconds: 60,
    fillHorizonSeconds: 5,
    seed: 1,
    truth: {},
    signal: interrupted.signal,
    onAnswer: () => interrupted.abort(),
  });
  await t.rejects(running, { name: 'AbortError' });
  t.same(await leftOver(open, openBefore), []);
});
