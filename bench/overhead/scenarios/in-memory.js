import { runRound } from '../contender-process.js';
import { addedTo, verdictOn } from '../summary.js';
import { requestTables, unsettledText } from './requests.js';

/** @typedef {import('../routes.js').RouteName} RouteName */
const COUNTS = { hello: 60_000, products: 12_000, orders: 24_000 };

/** What a request may cost at most. `ratio` is of bare Fastify. */
const TARGETS = [
  {
    case: 'tidemark',
    route: 'hello',
    most: { added: 2.0 },
    text: 'hello world, defaults in production: +2.0 µs',
  },
  {
    case: 'tidemark-headers',
    route: 'hello',
    most: { added: 3.5 },
    text: 'hello world, headers for everybody: +3.5 µs',
  },
  {
    case: 'tidemark',
    route: 'products',
    most: { ratio: 1.02 },
    text: 'JSON of 200 objects, defaults in production: 1.02 ×',
  },
];

/**
 * @param {readonly import('./scenario.js').Contender[]} field
 * @param {readonly (readonly Record<string, import('./requests.js').Figure>[])[]} rounds
 */
function targetsText(field, rounds) {
  const lines = TARGETS.flatMap(({ case: name, route, most, text }) => {
    const c = field.findIndex((contender) => contender.name === name);
    if (c < 0) return [];
    /** @param {number} of */
    const user = (of) => rounds.map((round) => round[of]?.[route]?.user ?? NaN);
    return [`- ${text} or less: ${verdictOn(addedTo(user(c), user(0)), most)}`];
  });
  return lines.length === 0 ? '' : `\n\nTargets:\n\n${lines.join('\n')}`;
}

/** Requests over connections in memory: without kernel time, differences of 0.1 µs are measurable. @type {import('./scenario.js').Scenario} */
export const inMemory = {
  name: 'in-memory',
  title: 'Requests without sockets',
  cases: [
    'bare',
    'tidemark',
    'tidemark-headers',
    'tidemark-everything',
    'tidemark-no-profile',
    'prom-histogram',
  ],
  async run(field, { rounds, quick, stateDirectory, progress }) {
    const all = [];
    for (let round = 0; round < rounds; round += 1) {
      all.push(
        await runRound(field, round, stateDirectory, async (process) => {
          /** @type {Record<string, import('./requests.js').Figure>} */
          const figures = {};
          for (const [key, requests] of Object.entries(COUNTS)) {
            const name = /** @type {RouteName} */ (key);
            const steady = await process.settle(name, 'memory');
            const user = await process.measureInMemory(name, requests / (quick ? 4 : 1));
            figures[name] = { user, system: 0, total: user, steady };
          }
          return figures;
        }),
      );
      progress(`round ${round + 1} of ${rounds}`);
    }
    const text = `${requestTables(field, all, false)}\n\nThe bytes of requests and answers stay in the process: all its time is the server's own, and exact.${unsettledText(all)}${targetsText(field, all)}`;
    return { text, figures: all };
  },
};
