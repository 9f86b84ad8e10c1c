import { sendRequests } from '../lib/load.js';
import { ServerProcess } from '../lib/server-process.js';
import { routes } from './routes.js';
import { verifyAnswers } from './verify.js';

const SERVER = new URL('server.js', import.meta.url);
export const CONNECTIONS = 8;
/** Requests after which V8's concurrent compilation no longer affects the measurement. */
const WARM_UP_REQUESTS = 10_000;
/** As sent by a proxy, so that no caller counts as a local operator, who would get more headers. */
const HEADERS = 'X-Forwarded-For: 203.0.113.7\r\nUser-Agent: tidemark-bench\r\n';

/**
 * @typedef {object} Contender
 * @property {string} name Name in the report.
 * @property {import('./cases/case.js').Case} case
 * @property {string} build Folder of the compiled plugin.
 */

/**
 * Measures one contender in a fresh process. The timed requests of a route follow one another without a gap, so that
 * periodic work of a plugin has the same weight as in a busy server.
 * @param {Contender} contender
 * @param {{ requests: number, stateDirectory: string }} settings `requests` is the number of timed requests per route.
 * @returns {Promise<number[]>} CPU microseconds a request, by route.
 */
async function measure({ name, build, case: { name: caseName, header } }, { requests, stateDirectory }) {
  const server = await ServerProcess.start(SERVER, { name: caseName, build, stateDirectory });
  try {
    let answered = await verifyAnswers(server.port, header);
    const figures = [];
    for (const { path } of routes) {
      const load = { port: server.port, paths: [path], connections: CONNECTIONS, headers: HEADERS };
      await sendRequests({ ...load, requests: WARM_UP_REQUESTS });
      const before = await server.cpu();
      await sendRequests({ ...load, requests });
      const after = await server.cpu();
      figures.push((after.cpuMicros - before.cpuMicros) / requests);
      answered += WARM_UP_REQUESTS + requests;
    }
    const { requests: seen } = await server.counted();
    if (seen !== null && seen !== answered) {
      throw new Error(`${name} counted ${seen} of ${answered} requests`);
    }
    return figures;
  } finally {
    await server.stop();
  }
}

/**
 * One round: every contender once.
 * @param {number} round Every other round runs in reverse order, so that a machine that slows down steadily favours no contender.
 * @param {readonly Contender[]} contenders
 * @param {{ requests: number, stateDirectory: string }} settings
 * @returns {Promise<number[][]>} CPU microseconds a request: by contender, then by route.
 */
export async function runRound(round, contenders, { requests, stateDirectory }) {
  /** @type {number[][]} */
  const figures = [];
  const order = [...contenders.keys()];
  for (const i of round % 2 === 0 ? order : order.toReversed()) {
    const contender = /** @type {Contender} */ (contenders[i]);
    figures[i] = await measure(contender, { requests, stateDirectory: `${stateDirectory}/${round}-${i}` });
  }
  return figures;
}
