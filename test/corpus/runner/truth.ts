import { setTimeout as delay } from 'node:timers/promises';
import type { Entry } from '../catalogue.js';
import { seededRandom, type Random } from '../random.js';
import type { Share } from '../scenario.js';
import { createClient, draw, emptyTally, type Client } from './load.js';
import { ScenarioProcess } from './scenario-process.js';

/** Bytes that stay after each request, by route, as full collections of a server without the plugin tell. */
export type Truth = Readonly<Record<string, number>>;

const WARM_UP_REQUESTS = 600;
const REQUESTS = { least: 80, most: 1500 };
/** So many seconds' worth of a route's own traffic are counted. */
const SECONDS = 12;
const AT_ONCE = 16;

/** Sends the requests of each labelled route alone and takes the memory before and after them. */
export async function measureTruth(entry: Entry, seed: number): Promise<Truth> {
  const { label, load } = entry;
  if (label.routes === undefined || label.signal === 'native-remainder') return {};
  const random = seededRandom(seed);
  const server = await ScenarioProcess.start({ family: entry.family, name: entry.name });
  const client = createClient(server.origin, emptyTally());
  const truth: Record<string, number> = {};
  try {
    await sendAll(client, load.mix, WARM_UP_REQUESTS, random);
    for (const route of label.routes) {
      const shares = load.mix.filter((share) => share.route === route);
      const requests = requestsFor(entry, shares);
      await sendAll(client, shares, Math.ceil(requests / 3), random);
      const before = await server.memory();
      await sendAll(client, shares, requests, random);
      const after = await server.memory();
      if (before === undefined || after === undefined) throw new Error(`${entry.name} ended on its own`);
      const field = label.signal === 'external-floor' ? 'externalBytes' : 'heapBytes';
      truth[route] = (after[field] - before[field]) / requests;
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
  return Math.round(Math.min(Math.max(SECONDS * own, REQUESTS.least), REQUESTS.most));
}

async function sendAll(
  client: Client,
  shares: readonly Share[],
  requests: number,
  random: Random,
): Promise<void> {
  const weights = shares.map(({ weight }) => weight);
  const sent = shares.map(() => 0);
  for (let i = 0; i < requests && shares.length > 0; i += 1) {
    while (client.waiting >= AT_ONCE) await delay(1);
    const share = draw(weights, random);
    void client.send(shares[share]!, random, sent[share]!++);
  }
  while (client.waiting > 0) await delay(5);
}
