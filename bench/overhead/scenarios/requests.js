import { table } from '../../lib/table.js';
import { runRound } from '../contender-process.js';
import { routes } from '../routes.js';
import { addedText, addedTo, ratioText } from '../summary.js';

/** @typedef {import('../routes.js').RouteName} RouteName */
/** @type {readonly RouteName[]} */
const ROUTES = ['hello', 'products', 'orders'];

/** @typedef {{ user: number, system: number, total: number, steady: boolean }} Figure */

/**
 * A table a route: what each contender takes, and what it adds to the first.
 * @param {readonly import('./scenario.js').Contender[]} field
 * @param {readonly (readonly Record<string, Figure>[])[]} rounds By round, contender, route.
 * @param {boolean} hasSystem
 */
export function requestTables(field, rounds, hasSystem) {
  return ROUTES.map((name) => {
    /** @param {number} c @param {'user' | 'system'} part */
    const of = (c, part) => rounds.map((round) => round[c]?.[name]?.[part] ?? NaN);
    const rows = field.map(({ title }, c) => {
      const user = addedTo(of(c, 'user'), of(0, 'user'));
      const system = addedTo(of(c, 'system'), of(0, 'system'));
      return [
        title,
        user.value.toFixed(1),
        c === 0 ? '' : addedText(user),
        c === 0 ? '' : ratioText(user),
        ...(hasSystem ? [system.value.toFixed(1), c === 0 ? '' : addedText(system)] : []),
      ];
    });
    const head = ['', 'user, µs', 'added', 'ratio', ...(hasSystem ? ['system, µs', 'added'] : [])];
    return `**${routes[name].title}**\n\n${table(head, rows)}`;
  }).join('\n\n');
}

/** @param {readonly (readonly Record<string, Figure>[])[]} rounds */
export function unsettledText(rounds) {
  const all = rounds.flat().flatMap((figures) => Object.values(figures));
  const unsteady = all.filter(({ steady }) => !steady).length;
  return unsteady === 0
    ? ''
    : ` ${unsteady} of ${all.length} measurements began before the process was steady.`;
}

/** Requests over sockets. @type {import('./scenario.js').Scenario} */
export const requests = {
  name: 'requests',
  title: 'Requests over sockets',
  cases: ['bare', 'tidemark', 'tidemark-headers', 'prom-histogram'],
  async run(field, { rounds, quick, stateDirectory, progress }) {
    const count = { hello: 20_000, products: 8_000, orders: 12_000, awaits: 0 };
    const all = [];
    for (let round = 0; round < rounds; round += 1) {
      all.push(
        await runRound(field, round, stateDirectory, async (process) => {
          /** @type {Record<string, Figure>} */
          const figures = {};
          for (const name of ROUTES) {
            const steady = await process.settle(name, 'sockets');
            const figure = await process.measure(name, { requests: count[name] / (quick ? 4 : 1) });
            figures[name] = { ...figure, steady };
          }
          return figures;
        }),
      );
      progress(`round ${round + 1} of ${rounds}`);
    }
    const text = `${requestTables(field, all, true)}\n\nThe kernel counts user and system time by ticks and, on the loopback device, books the receiver's work on the sender.${unsettledText(all)}`;
    return { text, figures: all };
  },
};
