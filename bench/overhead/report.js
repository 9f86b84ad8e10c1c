import { loadAverage, machineLine } from '../lib/machine.js';
import { table } from '../lib/table.js';
import { CONNECTIONS } from './round.js';
import { routes } from './routes.js';
import { summarize } from './summary.js';

const HEAD = ['', 'CPU a request, µs', 'spread', 'added, µs', 'interval', 'ratio', 'interval'];

/** @param {number} value @param {number} digits */
const signed = (value, digits) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;

/**
 * @param {readonly import('./round.js').Contender[]} contenders The first is the baseline.
 * @param {readonly (readonly (readonly number[])[])[]} rounds By round, contender, route.
 * @param {number} requests
 */
export function overheadReport(contenders, rounds, requests) {
  /** @param {number} contender @param {number} route */
  const micros = (contender, route) => rounds.map((round) => round[contender]?.[route] ?? NaN);
  const results = routes.map((route, r) => ({
    route,
    rows: contenders.map(({ name, case: { title } }, c) => ({
      name,
      title: name.includes('@') ? `${title} (${name.split('@')[1]})` : title,
      ...summarize(micros(c, r), micros(0, r)),
    })),
  }));
  const coverage = results[0]?.rows[0]?.addedInterval.coverage ?? 0;
  const text = [
    `${machineLine()}. ${rounds.length} rounds of ${requests} requests a case and route, ` +
      `${CONNECTIONS} connections, a fresh process a case and round; load average at the end ${loadAverage().toFixed(1)}.`,
    ...results.map(
      ({ route, rows }) =>
        `### ${route.title} (${Buffer.byteLength(route.body).toLocaleString('en')} bytes)\n\n${table(
          HEAD,
          rows.map((row, i) => [
            row.title,
            row.micros.toFixed(1),
            `± ${row.microsMad.toFixed(1)}`,
            ...(i === 0
              ? ['', '', '', '']
              : [
                  signed(row.addedMicros, 1),
                  `${signed(row.addedInterval.low, 1)} … ${signed(row.addedInterval.high, 1)}`,
                  row.ratio.toFixed(3),
                  `${row.ratioInterval.low.toFixed(3)} … ${row.ratioInterval.high.toFixed(3)}`,
                ]),
          ]),
        )}`,
    ),
    'CPU time of the server process (all its threads, user and system). Medians over the rounds; the spread is the ' +
      `median absolute deviation; differences and ratios are taken within each round, their intervals cover the median ` +
      `with ${(coverage * 100).toFixed(0)} %.`,
  ].join('\n\n');
  return { results, text };
}
