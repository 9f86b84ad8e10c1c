import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

/** 95 % of these have been requested after three times as many requests. */
const SPECIES = 3_000;

interface Species {
  readonly id: number;
  readonly sightings: readonly { readonly grid: string; readonly year: number; readonly count: number }[];
}

const bySpecies = new Map<number, Species>();

async function speciesOf(id: number): Promise<Species> {
  const known = bySpecies.get(id);
  if (known !== undefined) return known;
  await delay(3);
  const sightings = Array.from({ length: 60 }, (_, i) => ({
    grid: `${id % 97}-${(id * i) % 89}`,
    year: 1960 + i,
    count: (id * i) % 41,
  }));
  const species = { id, sightings };
  bySpecies.set(id, species);
  return species;
}

export const scenario: Scenario = {
  name: 'slowing-fill',
  about:
    'A cache without a limit takes each of three thousand species once; new ones are asked for ever more rarely.',
  label: { verdict: 'filling', alsoRight: ['stable'] },
  load: {
    requestsPerSecond: 150,
    driftingMix: false,
    mix: [
      {
        route: 'GET /species/:id',
        weight: 2,
        request: (random) => ({ path: `/species/${integer(random, SPECIES)}` }),
      },
      {
        route: 'POST /identify',
        weight: 1,
        request: (random) => ({
          method: 'POST',
          path: '/identify',
          body: { traits: Array.from({ length: 30 }, () => integer(random, 64)) },
        }),
      },
    ],
  },
  build(app) {
    const traits = Array.from({ length: SPECIES }, (_, id) =>
      Array.from({ length: 64 }, (_, i) => (id * (i + 3)) % 101),
    );
    app.get<{ Params: { id: string } }>('/species/:id', async ({ params }) => {
      const { id, sightings } = await speciesOf(Number(params.id));
      return { id, total: sightings.reduce((sum, { count }) => sum + count, 0), last: sightings.at(-1) };
    });
    app.post<{ Body: { traits: number[] } }>('/identify', async ({ body }) => {
      const scores = traits.map((values, id) => ({ id, score: values[body.traits[id % 30] ?? 0] ?? 0 }));
      return scores.sort((a, b) => b.score - a.score).slice(0, 10);
    });
    app.get('/species', async () => ({ known: bySpecies.size }));
  },
};
