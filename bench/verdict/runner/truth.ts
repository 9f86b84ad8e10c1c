import { setTimeout as delay } from 'node:timers/promises';
import { theilSen } from '../../../src/statistics/theil-sen.js';
import type { Entry } from '../catalogue.js';
import { seededRandom, type Random } from '../random.js';
import type { Share } from '../scenario.js';
import { createClient, draw, emptyTally, type Client } from './load.js';
import { ScenarioProcess } from './scenario-process.js';

/** Bytes that stay after each request, by route, as full collections of a server without the plugin tell. */
export type Truth = Readonly<Record<string, number>>;

const WARM_UP_REQUESTS = 600;
/** The heap wanders by some hundred kilobytes by itself, so many requests have to stand against it. */
const REQUESTS = { least: 80, most: 6000 };
/** So many seconds' worth of a route's own traffic are counted, as a run has them. */
const SECONDS = 90;
const AT_ONCE = 16;
/** Of requests, each followed by full collections. One step of the heap between two of them is no request's. */
const ROUNDS = 16;

/** Sends the requests of each labelled route alone, and takes the slope of what they leave. */
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

/** Sends requests as fast as they are answered; the count that a request is told goes on from call to call. */
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
