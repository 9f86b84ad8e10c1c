import { performance } from 'node:perf_hooks';
import { Pool } from 'undici';
import { seededRandom } from '../shop/random.js';
import { kindAt, rateAt } from './mix.js';
import { Shopper, type ShopRequest } from './shopper.js';

export interface TrafficCounts {
  /** Answered with the expected status, including intended 404 and 422. */
  answered: number;
  /** Disconnected on purpose before the answer arrived. */
  aborted: number;
  /** Anything else; `lastFailure` describes the newest one. */
  failed: number;
  /** Not sent, because too many requests were waiting for an answer. */
  skipped: number;
  lastFailure?: string;
}

const TICK_MS = 20;
const MAX_IN_FLIGHT = 100;
/** After a stall, at most this much of the missed traffic is sent late. */
const MAX_BACKLOG_SECONDS = 0.25;

/** Sends requests at an average rate over keep-alive connections, however long the answers take (an open loop). */
export class Traffic {
  readonly #pool: Pool;
  readonly #random = seededRandom(11);
  readonly #shopper = new Shopper(this.#random);
  readonly #inFlight = new Set<Promise<void>>();
  readonly #counts: TrafficCounts = { answered: 0, aborted: 0, failed: 0, skipped: 0 };
  /** Requests per second, on average; may be changed while it runs. */
  averageRate: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(origin: string, averageRate: number) {
    this.#pool = new Pool(origin, { connections: 24, pipelining: 1 });
    this.averageRate = averageRate;
  }

  get counts(): Readonly<TrafficCounts> {
    return this.#counts;
  }

  start(): void {
    const begin = performance.now();
    let last = begin;
    let due = 0;
    this.#timer ??= setInterval(() => {
      const now = performance.now();
      const seconds = (now - begin) / 1_000;
      const rate = rateAt(this.averageRate, seconds);
      due += (rate * (now - last)) / 1_000;
      const backlog = Math.max(1, rate * MAX_BACKLOG_SECONDS);
      if (due > backlog) {
        this.#counts.skipped += Math.floor(due - backlog);
        due = backlog;
      }
      last = now;
      for (; due >= 1; due--) this.#sendOne(seconds);
    }, TICK_MS);
  }

  /** Stops sending, waits for pending requests and closes the connections. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#inFlight);
    await this.#pool.close();
  }

  #sendOne(seconds: number): void {
    if (this.#inFlight.size >= MAX_IN_FLIGHT) {
      this.#counts.skipped++;
      return;
    }
    const request = this.#shopper.request(kindAt(this.#random.next(), seconds));
    const sent = (request.abort ? this.#sendAndHangUp(request) : this.#send(request)).finally(() =>
      this.#inFlight.delete(sent),
    );
    this.#inFlight.add(sent);
  }

  async #send({ method, path, body, expected, learn }: ShopRequest): Promise<void> {
    try {
      const response = await this.#pool.request({
        method,
        path,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      });
      const text = await response.body.text();
      if (response.statusCode !== expected) {
        this.#fail(
          `${method} ${path} answered ${response.statusCode} instead of ${expected}: ${text.slice(0, 200)}`,
        );
        return;
      }
      learn?.(JSON.parse(text));
      this.#counts.answered++;
    } catch (error) {
      this.#fail(`${method} ${path}: ${String(error)}`);
    }
  }

  async #sendAndHangUp({ method, path }: ShopRequest): Promise<void> {
    const patience = AbortSignal.timeout(this.#random.integer(1, 8));
    try {
      const response = await this.#pool.request({ method, path, signal: patience });
      await response.body.text();
      this.#counts.answered++;
    } catch (error) {
      if (patience.aborted) this.#counts.aborted++;
      else this.#fail(`${method} ${path}: ${String(error)}`);
    }
  }

  #fail(failure: string): void {
    this.#counts.failed++;
    this.#counts.lastFailure = failure;
  }
}
