import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { normal, type Random } from '../random.js';
import type { Load, RequestSpec, Share } from '../scenario.js';

/** Outcomes of the requests, by route. */
export interface LoadTally {
  /** Answered with any status, by route pattern. */
  readonly answered: Map<string, number>;
  readonly statuses: Map<number, number>;
  /** The connection failed, or the client disconnected as instructed. */
  unanswered: number;
  /** Not sent, because too many requests were waiting for an answer. */
  skipped: number;
}

export interface LoadRun {
  readonly tally: LoadTally;
  /** Resolves when the last answer has arrived. */
  readonly ended: Promise<void>;
}

const TURN_MS = 20;
const MAXIMUM_WAITING = 400;
/** Requests waiting for a slow answer must not delay others. */
const CONNECTIONS = MAXIMUM_WAITING;
/** How long the mix stays the same before it drifts. */
const DRIFT_SECONDS = 4;
const DRIFT = 0.6;

export function emptyTally(): LoadTally {
  return { answered: new Map(), statuses: new Map(), unanswered: 0, skipped: 0 };
}

/** Sends the traffic of a scenario in an open loop: at its own rate, whether or not the server keeps up. */
export function startLoad(origin: string, load: Load, random: Random, signal: AbortSignal): LoadRun {
  const tally = emptyTally();
  const client = createClient(origin, tally);
  const clients = load.clients?.({ origin, random, signal });
  const ended = endOf(drive(client, load, random, signal, tally), client, clients, signal);
  return { tally, ended };
}

async function endOf(
  driving: Promise<void>,
  client: Client,
  clients: Promise<void> | undefined,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all([
    driving,
    clients?.catch((error: unknown) => {
      if (!signal.aborted) throw error;
    }),
  ]);
  await client.close();
}

async function drive(
  client: Client,
  { requestsPerSecond, mix, driftingMix = true }: Load,
  random: Random,
  signal: AbortSignal,
  tally: LoadTally,
): Promise<void> {
  const rate = typeof requestsPerSecond === 'number' ? () => requestsPerSecond : requestsPerSecond;
  const sent = mix.map(() => 0);
  const startMs = performance.now();
  let due = 0;
  let lastMs = startMs;
  let driftsAtSeconds = DRIFT_SECONDS;
  let weights = mix.map(({ weight }) => weight);
  while (!signal.aborted && mix.length > 0) {
    const nowMs = performance.now();
    const seconds = (nowMs - startMs) / 1000;
    if (driftingMix && seconds >= driftsAtSeconds) {
      weights = mix.map(({ weight }) => weight * Math.exp(DRIFT * normal(random)));
      driftsAtSeconds += DRIFT_SECONDS;
    }
    due += (rate(seconds) * (nowMs - lastMs)) / 1000;
    lastMs = nowMs;
    for (; due >= 1; due -= 1) {
      const share = draw(weights, random);
      if (client.waiting >= MAXIMUM_WAITING) tally.skipped += 1;
      else void client.send(mix[share]!, random, sent[share]!++);
    }
    await delay(TURN_MS * (0.5 + random()));
  }
  while (client.waiting > 0) await delay(TURN_MS);
}

export function draw(weights: readonly number[], random: Random): number {
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const index = weights.findIndex((weight) => (left -= weight) < 0);
  return index < 0 ? weights.length - 1 : index;
}

export interface Client {
  readonly waiting: number;
  send(share: Share, random: Random, n: number): Promise<void>;
  close(): Promise<void>;
}

export function createClient(origin: string, tally: LoadTally): Client {
  const pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1 });
  let waiting = 0;
  return {
    get waiting() {
      return waiting;
    },
    async send(share, random, n) {
      waiting += 1;
      try {
        const status = await exchange(pool, share.request(random, n));
        tally.answered.set(share.route, (tally.answered.get(share.route) ?? 0) + 1);
        tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1);
      } catch {
        tally.unanswered += 1;
      } finally {
        waiting -= 1;
      }
    },
    close: () => pool.destroy(),
  };
}

async function exchange(pool: Pool, spec: RequestSpec): Promise<number> {
  const { method = 'GET', path, headers, body, abortAfterMs } = spec;
  const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
  const { statusCode, body: answer } = await pool.request({
    method: method as 'GET',
    path,
    headers: { ...(isRaw ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: isRaw ? body : JSON.stringify(body) }),
    ...(abortAfterMs !== undefined && { signal: AbortSignal.timeout(abortAfterMs) }),
  });
  await answer.dump({ limit: 64 * 1024 * 1024 });
  return statusCode;
}
