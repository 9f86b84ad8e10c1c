import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const AGENTS = 6_000;

interface Agent {
  readonly id: number;
  readonly skills: readonly number[];
  readonly site: { readonly city: string; readonly floor: number };
}

interface Candidate {
  readonly agent: Agent;
  readonly reasons: readonly string[];
  readonly score: number;
}

/** A copy of every agent for every call, several times over, in the name of immutability. */
function rank(agents: readonly Agent[], skill: number): Candidate[] {
  return agents
    .map((agent) => ({ ...agent, skills: [...agent.skills] }))
    .map((agent) => ({ agent: { ...agent, site: { ...agent.site } }, reasons: [] as string[], score: 0 }))
    .map(({ agent }) => ({ agent, reasons: [agent.site.city], score: agent.skills[skill] ?? 0 }))
    .filter(({ score }) => score > 20);
}

export const scenario: Scenario = {
  name: 'allocation-storm',
  about: 'Each call copies all agents several times and waits with the copies in hand; nothing of it stays.',
  label: { verdict: 'churning', alsoRight: ['stable'] },
  load: {
    requestsPerSecond: 100,
    mix: [
      {
        route: 'POST /calls',
        weight: 6,
        request: (random) => ({ method: 'POST', path: '/calls', body: { skill: integer(random, 16) } }),
      },
      {
        route: 'GET /agents/:id',
        weight: 3,
        request: (random) => ({ path: `/agents/${integer(random, AGENTS)}` }),
      },
      { route: 'GET /queue', weight: 1, request: () => ({ path: '/queue' }) },
    ],
  },
  build(app) {
    const agents = Array.from({ length: AGENTS }, (_, id) => ({
      id,
      skills: Array.from({ length: 16 }, (_, skill) => (id * (skill + 7)) % 100),
      site: { city: `City ${id % 40}`, floor: id % 9 },
    }));
    let waiting = 0;

    app.post<{ Body: { skill: number } }>('/calls', async ({ body }) => {
      waiting += 1;
      const candidates = rank(agents, body.skill);
      await delay(8);
      waiting -= 1;
      const best = candidates.reduce((a, b) => (b.score > a.score ? b : a));
      return { agent: best.agent.id, reasons: best.reasons, of: candidates.length };
    });
    app.get<{ Params: { id: string } }>('/agents/:id', async ({ params }) => agents[Number(params.id)]);
    app.get('/queue', async () => ({ waiting }));
  },
};
