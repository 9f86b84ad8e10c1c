import { Agent, get } from 'node:http';

/**
 * Sends requests at a fixed rate, whether or not the server answers (an open loop), and records for each one when it was
 * due and how long after that its answer ended: a paused server is charged for every waiting request.
 */
export class PacedLoad {
  /** @type {{ dueMs: number, tookMs: number }[]} */ #answers = [];
  #agent = new Agent({ keepAlive: true });
  #sent = 0;
  /** @type {NodeJS.Timeout | undefined} */ #timer;
  /** @type {unknown} */ #failure;

  /** @param {{ port: number, requestsPerSecond: number }} settings */
  constructor({ port, requestsPerSecond }) {
    const startMs = performance.now();
    const everyMs = 1000 / requestsPerSecond;
    this.#timer = setInterval(() => {
      for (; startMs + this.#sent * everyMs <= performance.now(); this.#sent += 1) {
        this.#ask(port, startMs + this.#sent * everyMs);
      }
    }, everyMs);
  }

  /** @param {number} port @param {number} dueMs */
  #ask(port, dueMs) {
    get({ port, host: '127.0.0.1', path: `/${this.#sent}`, agent: this.#agent }, (response) => {
      let bytes = 0;
      response.on('data', (chunk) => (bytes += chunk.length));
      response.on('end', () => {
        if (response.statusCode !== 200 || bytes < 500)
          this.#failure ??= new Error(`${response.statusCode}, ${bytes} bytes`);
        this.#answers.push({ dueMs, tookMs: performance.now() - dueMs });
      });
    }).on('error', (error) => (this.#failure ??= error));
  }

  /** Stops, waits for the last answers, and rejects a run with a wrong or missing answer. */
  async stop() {
    clearInterval(this.#timer);
    const untilMs = performance.now() + 180_000;
    while (this.#answers.length < this.#sent && this.#failure === undefined && performance.now() < untilMs) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.#agent.destroy();
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#answers.length < this.#sent)
      throw new Error(`${this.#sent} requests, ${this.#answers.length} answers`);
  }

  /** Sorted latencies of the requests that were due in a window. @param {number} fromMs @param {number} toMs */
  between(fromMs, toMs) {
    return this.#answers
      .filter(({ dueMs }) => dueMs >= fromMs && dueMs < toMs)
      .map(({ tookMs }) => tookMs)
      .toSorted((a, b) => a - b);
  }
}
