import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

/** Devices of customers; those of visitors are new each time. */
const DEVICES = 400;

interface Profile {
  readonly device: string;
  readonly traits: readonly { readonly trait: string; readonly weight: number }[];
}

async function readProfile(device: string): Promise<Profile> {
  await delay(4);
  const traits = [];
  for (let i = 0; i < 9; i += 1) traits.push({ trait: `trait ${i} of ${device}`, weight: 1 / (i + 1.5) });
  return { device, traits };
}

export const scenario: Scenario = {
  name: 'lru-fetch-unbounded',
  about:
    'A cache fetches the profile of each device by itself, in its own closures, and never meets a visitor twice.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['GET /visitors/:device'],
    site: { file: 'packages/lru-fetch-unbounded.ts', functions: ['readProfile'] },
  },
  load: {
    requestsPerSecond: 140,
    mix: [
      {
        route: 'GET /visitors/:device',
        weight: 3,
        request: (random) => ({ path: `/visitors/v${integer(random, 1e9)}` }),
      },
      {
        route: 'GET /customers/:device',
        weight: 5,
        request: (random) => ({ path: `/customers/c${integer(random, DEVICES)}` }),
      },
      {
        route: 'GET /campaigns/:id',
        weight: 2,
        request: (random) => ({ path: `/campaigns/${integer(random, 500)}` }),
      },
    ],
  },
  build(app) {
    const campaigns = Array.from({ length: 500 }, (_, id) => ({
      id,
      banners: Array.from({ length: 25 }, (_, i) => `banner ${i} of ${id}`),
    }));
    // A time to live without a size: expired entries leave only when somebody asks for them again.
    const profiles = new LRUCache<string, Profile>({
      ttl: 3_600_000,
      ttlAutopurge: false,
      fetchMethod: readProfile,
    });
    const show = async ({ params }: { params: { device: string } }) => {
      const profile = await profiles.fetch(params.device);
      return { device: profile?.device, best: profile?.traits[0] };
    };
    app.get<{ Params: { device: string } }>('/visitors/:device', show);
    app.get<{ Params: { device: string } }>('/customers/:device', show);
    app.get<{ Params: { id: string } }>('/campaigns/:id', async ({ params }) => campaigns[Number(params.id)]);
  },
};
