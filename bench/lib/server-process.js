import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const READY_TIMEOUT_MS = 30_000;

/**
 * @typedef {{ type: string } & Record<string, unknown>} Question
 * @typedef {{ cpuMicros: number, userMicros: number, systemMicros: number }} CpuReading
 * @typedef {{ rssBytes: number, heapUsedBytes: number, externalBytes: number, arrayBuffersBytes: number }} MemoryReading
 */

/** The environment of a benchmarked server: production, without plugin options from the caller's shell. */
export function cleanEnvironment() {
  const kept = Object.entries(process.env).filter(([name]) => !/^(TIDEMARK_|NODE_OPTIONS$)/.test(name));
  return { ...Object.fromEntries(kept), NODE_ENV: 'production' };
}

/** A server in its own process. It reports its figures over IPC, never over the socket under load. */
export class ServerProcess {
  /** @type {import('node:child_process').ChildProcess} */ #child;
  /** @type {number} */ port;

  /** @param {import('node:child_process').ChildProcess} child @param {number} port */
  constructor(child, port) {
    this.#child = child;
    this.port = port;
  }

  /**
   * @param {URL} script
   * @param {object} settings Passed as one JSON argument.
   * @param {readonly string[]} nodeFlags
   */
  static async start(script, settings, nodeFlags = []) {
    const child = fork(fileURLToPath(script), [JSON.stringify(settings)], {
      execArgv: [...nodeFlags],
      env: cleanEnvironment(),
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const ready = once(child, 'message', { signal: AbortSignal.timeout(READY_TIMEOUT_MS) });
    const died = once(child, 'exit').then(([code]) => {
      throw new Error(
        `The server of ${JSON.stringify(settings)} ended with code ${code} before it was ready`,
      );
    });
    try {
      const [message] = await Promise.race([ready, died]);
      died.catch(() => {});
      return new ServerProcess(child, Number(message.port));
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /**
   * Asks one question; another must not be asked before it is answered.
   * @param {string} type
   * @param {object} [details]
   */
  async ask(type, details = {}) {
    this.#child.send({ type, ...details });
    const [answer] = await once(this.#child, 'message');
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  /** CPU time of all threads of the process since its start. @returns {Promise<CpuReading>} */
  cpu() {
    return this.ask('cpu');
  }

  /** Memory after full collections. @returns {Promise<MemoryReading>} */
  memory() {
    return this.ask('memory');
  }

  /** The number of requests that the measured plugin has counted, for the caller to check. @returns {Promise<{ requests: number | null }>} */
  counted() {
    return this.ask('verify');
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    this.#child.send({ type: 'stop' });
    await ended;
    clearTimeout(timer);
  }
}
