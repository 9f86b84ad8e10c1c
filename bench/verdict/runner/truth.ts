import { setTimeout as delay } from 'node:timers/promises';
import { theilSen } from '../../../src/statistics/theil-sen.js';
import type { Entry } from '../catalogue.js';
import { seededRandom, type Random } from '../random.js';
import type { Share } from '../scenario.js';
import { createClient, draw, emptyTally, type Client } from './load.js';
import { ScenarioProcess } from './scenario-process.js';

/** Bytes retained per request, by route, measured by full collections in a server without the plugin. */
export type Truth = Readonly<Record<string, number>>;

const WARM_UP_REQUESTS = 600;
/** The heap varies by some hundred kilobytes by itself, so many requests are needed. */
const REQUESTS = { least: 80, most: 6000 };
/** Seconds of a route's own traffic that are counted, as in a run. */
const SECONDS = 90;
const AT_ONCE = 16;
/** Batches of requests, each followed by full collections. A single step of the heap belongs to no request. */
const ROUNDS = 16;

/** Sends the requests of each labelled route alone, and computes the slope of the retained bytes. */
export async function measureTruth(entry: Entry, seed: number): Promise<Truth> {
  const { label, load } = entry;
  if (label.routes === undefined || label.signal === 'native-remainder') return {};
  const random = seededRandom(seed);
  const server = await ScenarioProcess.start({ family: entry.family, name: entry.name });
  const client = createClient(server.origin, emptyTally());
  const truth: Record<string, number> = {};
  try {
    const sendAll = sender(client, random);
    await sendAll(load.mix, WARM_UP_REQUESTS);
    for (const route of label.routes) {
      const shares = load.mix.filter((share) => share.route === route);
      const requests = requestsFor(entry, shares);
      await sendAll(shares, Math.ceil(requests / 4));
      const field = label.signal === 'external-floor' ? 'externalBytes' : 'heapBytes';
      const floors: number[] = [];
      for (let round = 0; round <= ROUNDS; round += 1) {
        if (round > 0) await sendAll(shares, requests / ROUNDS);
        const memory = await server.memory();
        if (memory === undefined) throw new Error(`${entry.name} ended on its own`);
        floors.push(memory[field]);
      }
      const line = theilSen(Array.from(floors.keys()), floors);
      if (line.kind !== 'slope') throw new Error('too few rounds');
      truth[route] = (line.slope * ROUNDS) / requests;
    }
    return truth;
  } finally {
    await client.close();
    await server.stop();
  }
}

const weight = (all: readonly Share[]): number => all.reduce((sum, one) => sum + one.weight, 0);

function requestsFor({ load }: Entry, shares: readonly Share[]): number {
  const rate =
    typeof load.requestsPerSecond === 'number' ? load.requestsPerSecond : load.requestsPerSecond(10);
  const own = (rate * weight(shares)) / weight(load.mix);
  const requests = Math.min(Math.max(SECONDS * own, REQUESTS.least), REQUESTS.most);
  return ROUNDS * Math.ceil(requests / ROUNDS);
}

/** Sends requests as fast as they are answered; request numbers continue from call to call. */
function sender(
  client: Client,
  random: Random,
): (shares: readonly Share[], requests: number) => Promise<void> {
  const sent = new Map<Share, number>();
  return async (shares, requests) => {
    const weights = shares.map(({ weight }) => weight);
    for (let i = 0; i < requests && shares.length > 0; i += 1) {
      while (client.waiting >= AT_ONCE) await delay(1);
      const share = shares[draw(weights, random)]!;
      const n = sent.get(share) ?? 0;
      sent.set(share, n + 1);
      void client.send(share, random, n);
    }
    while (client.waiting > 0) await delay(5);
  };
}
