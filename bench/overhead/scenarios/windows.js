import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../../lib/statistics.js';
import { table } from '../../lib/table.js';
import { runRound } from '../contender-process.js';
import { routes } from '../routes.js';
import { addedText, addedTo, quantile, ratioText, verdictOn } from '../summary.js';

/** @typedef {import('../routes.js').RouteName} RouteName */
/** @type {readonly RouteName[]} */
const ROUTES = ['awaits', 'products'];
const MOST_ROUNDS = 5;
const BEFORE_MS = 2_000;
const TARGET_P99_RATIO = 1.5;

/** @typedef {{ user: number, window: import('./scenario.js').WindowRun, p99Before: number, p99During: number, longestMs: number }} Windowed */

/**
 * Saturates the server, opens a retention window under that load, and compares latencies before and during it.
 * @param {import('../contender-process.js').ContenderProcess} process
 * @param {RouteName} name
 * @returns {Promise<Omit<Windowed, 'user'> | { refused: string }>}
 */
async function loadWithWindow(process, name) {
  /** @type {{ sentMs: number, answeredMs: number }[]} */
  const answers = [];
  let isOver = false;
  const load = process.send(name, {
    isOver: () => isOver,
    onAnswer: (sentMs, answeredMs) => void answers.push({ sentMs, answeredMs }),
  });
  await sleep(BEFORE_MS);
  const window = await process.openWindow();
  isOver = true;
  await load;
  if ('refused' in window) return window;
  /** @param {number} fromMs @param {number} toMs Of the server. */
  const latencies = (fromMs, toMs) =>
    answers
      .map(({ sentMs, answeredMs }) => ({
        atMs: answeredMs + performance.timeOrigin,
        ms: answeredMs - sentMs,
      }))
      .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs)
      .map(({ ms }) => ms);
  const { calledMs, openedMs, closedMs, answeredMs } = window;
  return {
    window,
    p99Before: quantile(latencies(0, calledMs), 0.99),
    p99During: quantile(latencies(openedMs, closedMs), 0.99),
    longestMs: latencies(calledMs, answeredMs + 1_000).reduce((most, latency) => Math.max(most, latency), 0),
  };
}

/** @param {number} value */
const ms = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ms`;

/**
 * @param {readonly number[]} bare
 * @param {readonly Windowed[]} runs
 * @param {string} title
 */
function routeText(bare, runs, title) {
  const between = addedTo(
    runs.map(({ user }) => user),
    bare,
  );
  const within = addedTo(
    runs.map(({ window }) => window.userMicros / window.requests),
    bare,
  );
  const before = runs.map(({ p99Before }) => p99Before);
  const during = addedTo(
    runs.map(({ p99During }) => p99During),
    before,
  );
  const costs = table(
    [`**${title}**`, 'user, µs', 'added', 'ratio'],
    [
      ['bare Fastify', median(bare).toFixed(1), '', ''],
      ['between windows', between.value.toFixed(1), addedText(between), ratioText(between)],
      ['in an open window', within.value.toFixed(1), addedText(within), ratioText(within)],
    ],
  );
  /** @param {(run: Windowed) => number} of */
  const middle = (of) => median(runs.map(of));
  return [
    costs,
    `p99 of requests ${ms(median(before))} before a window, ${ms(during.value)} while it is open` +
      `${during.isResolved ? `, ${ratioText(during)} ×` : `: ${addedText(during)}`}. ` +
      `It is open for ${ms(middle(({ window }) => window.hooksMs))} (${middle(({ window }) => window.requests).toFixed(0)} requests), until its end by ${[...new Set(runs.map(({ window }) => window.ended))].join(' or ')}; its two readings ` +
      `pause the thread for ${ms(middle(({ window }) => window.pauseMs))}, and the longest request took ${ms(middle(({ longestMs }) => longestMs))}.`,
    `Target: a p99 of ${TARGET_P99_RATIO} × or less: ${verdictOn(during, { ratio: TARGET_P99_RATIO })}`,
  ].join('\n\n');
}

/** @type {import('./scenario.js').Scenario} */
export const windows = {
  name: 'windows',
  title: 'Retention windows under load',
  cases: ['bare', 'tidemark'],
  async run(field, { rounds, quick, stateDirectory, progress }) {
    const count = Math.min(rounds, MOST_ROUNDS);
    /** @type {Record<string, { bare: number[], runs: Windowed[] }>} */
    const found = Object.fromEntries(ROUTES.map((name) => [name, { bare: [], runs: [] }]));
    /** @type {string[]} */
    const refusals = [];
    for (let round = 0; round < count; round += 1) {
      const results = await runRound(field, round, stateDirectory, async (process, contender) => {
        /** @type {Record<string, { user: number } & Partial<Windowed>>} */
        const figures = {};
        for (const name of ROUTES) {
          await process.settle(name, 'sockets');
          const endMs = performance.now() + (quick ? 500 : 2_000);
          const { user } = await process.measure(name, { isOver: () => performance.now() >= endMs });
          const run = contender.case.name === 'bare' ? {} : await loadWithWindow(process, name);
          if ('refused' in run) refusals.push(String(run.refused));
          else figures[name] = { user, ...run };
        }
        return figures;
      });
      for (const name of ROUTES) {
        const bare = results[0]?.[name];
        const run = results[1]?.[name];
        if (bare === undefined || run?.window === undefined) continue;
        const { bare: bares, runs } = /** @type {typeof found[string]} */ (found[name]);
        bares.push(bare.user);
        runs.push(/** @type {Windowed} */ (run));
      }
      progress(`round ${round + 1} of ${count}`);
    }
    const texts = ROUTES.map((name) => {
      const { bare, runs } = /** @type {typeof found[string]} */ (found[name]);
      return runs.length === 0
        ? `${routes[name].title}: no window could be opened.`
        : routeText(bare, runs, routes[name].title);
    });
    const refused = refusals.length === 0 ? [] : [`Refused ${refusals.length} times: ${refusals[0]}`];
    return { text: [...texts, ...refused].join('\n\n'), figures: found };
  },
};
