import { sendRequests } from '../lib/load.js';
import { ServerProcess } from '../lib/server-process.js';
import { routes } from './routes.js';
import { settle } from './settle.js';
import { verifyAnswers } from './verify.js';

const SERVER = new URL('server.js', import.meta.url);
export const CONNECTIONS = 8;
/** As sent by a proxy, so that no caller counts as a local operator, who would get more headers. */
const HEADERS = 'X-Forwarded-For: 203.0.113.7\r\nUser-Agent: tidemark-bench\r\n';

/** A slice is as many requests as a process answers in 0.1 to 0.2 s. */
const SLICE_REQUESTS = { hello: 4_000, products: 1_000, orders: 2_000, awaits: 1_500 };
const LEAST_SLICES = 8;
const MOST_SETTLING_MS = 4_000;

/** A fresh process of one contender, whose answers were verified and are counted. */
export class ContenderProcess {
  /** @type {ServerProcess} */ #server;
  /** @type {string} */ #name;
  #answered = 0;

  /** @param {ServerProcess} server @param {string} name @param {number} answered */
  constructor(server, name, answered) {
    this.#server = server;
    this.#name = name;
    this.#answered = answered;
  }

  /** @param {import('./scenarios/scenario.js').Contender} contender @param {string} stateDirectory */
  static async start({ name, build, case: { name: caseName, header } }, stateDirectory) {
    const server = await ServerProcess.start(SERVER, { name: caseName, build, stateDirectory });
    try {
      return new ContenderProcess(server, name, await verifyAnswers(server.port, header));
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /**
   * Sends requests over sockets.
   * @param {import('./routes.js').RouteName} name
   * @param {{ requests?: number, isOver?: () => boolean, onAnswer?: (sentMs: number, answeredMs: number) => void }} limits
   */
  async send(name, limits) {
    const route = /** @type {import('./routes.js').BenchRoute} */ (routes[name]);
    const answered = await sendRequests({
      port: this.#server.port,
      paths: [route.path],
      connections: CONNECTIONS,
      headers: HEADERS,
      ...(route.send !== undefined && { body: route.send }),
      ...limits,
    });
    this.#answered += answered;
    return answered;
  }

  /**
   * CPU time a request over sockets. What the kernel does for a socket counts as the server's, though on the loopback device
   * that includes the work of the receiver.
   * @param {import('./routes.js').RouteName} name
   * @param {{ requests: number } | { isOver: () => boolean }} limits
   */
  async measure(name, limits) {
    const before = await this.#server.cpu();
    const requests = await this.send(name, limits);
    const after = await this.#server.cpu();
    return {
      user: (after.userMicros - before.userMicros) / requests,
      system: (after.systemMicros - before.systemMicros) / requests,
      total: (after.cpuMicros - before.cpuMicros) / requests,
    };
  }

  /**
   * CPU time a request without sockets: all of it is that of the process itself.
   * @param {import('./routes.js').RouteName} name @param {number} requests
   */
  async measureInMemory(name, requests) {
    const { path, send } = /** @type {import('./routes.js').BenchRoute} */ (routes[name]);
    const head = `${send === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n${HEADERS}`;
    const body =
      send === undefined
        ? '\r\n'
        : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(send)}\r\n\r\n${send}`;
    const { cpuMicros } = await this.#server.ask('inMemory', {
      text: head + body,
      requests,
      connections: CONNECTIONS,
    });
    this.#answered += requests;
    return cpuMicros / requests;
  }

  /**
   * Answers requests until their CPU time is steady.
   * @param {import('./routes.js').RouteName} name
   * @param {'sockets' | 'memory'} way
   */
  settle(name, way) {
    const requests = SLICE_REQUESTS[name];
    const slice =
      way === 'memory'
        ? () => this.measureInMemory(name, requests)
        : async () => (await this.measure(name, { requests })).total;
    return settle(slice, { leastSlices: LEAST_SLICES, mostMs: MOST_SETTLING_MS });
  }

  /** One retention window. @returns {Promise<import('./scenarios/scenario.js').WindowRun | { refused: string }>} */
  openWindow() {
    return this.#server.ask('window');
  }

  /** Stops it, after a check that the plugin has counted every request. */
  async stop() {
    try {
      const { requests } = await this.#server.counted();
      if (requests !== null && requests !== this.#answered) {
        throw new Error(`${this.#name} counted ${requests} of ${this.#answered} requests`);
      }
    } finally {
      await this.#server.stop();
    }
  }
}

/**
 * Runs every contender once in a process of its own.
 * @template T
 * @param {readonly import('./scenarios/scenario.js').Contender[]} field
 * @param {number} round Every other round runs in reverse order, so that a machine that slows down steadily favours no contender.
 * @param {string} stateDirectory
 * @param {(process: ContenderProcess, contender: import('./scenarios/scenario.js').Contender) => Promise<T>} work
 * @returns {Promise<T[]>} By contender.
 */
export async function runRound(field, round, stateDirectory, work) {
  /** @type {T[]} */
  const results = [];
  const order = [...field.keys()];
  for (const i of round % 2 === 0 ? order : order.toReversed()) {
    const contender = /** @type {import('./scenarios/scenario.js').Contender} */ (field[i]);
    const process = await ContenderProcess.start(contender, `${stateDirectory}/${round}-${i}`);
    let worked = false;
    try {
      results[i] = await work(process, contender);
      worked = true;
    } finally {
      // A failure of the work is told, not the wrong count that it leaves.
      await process.stop().catch((error) => {
        if (worked) throw error;
      });
    }
  }
  return results;
}
