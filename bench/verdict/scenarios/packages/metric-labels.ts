import { setTimeout as delay } from 'node:timers/promises';
import { Histogram, Registry } from 'prom-client';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const registry = new Registry();
const spins = new Histogram({
  name: 'reel_spin_seconds',
  help: 'Time a spin takes.',
  labelNames: ['game', 'player'],
  buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5],
  registers: [registry],
});
const games = Array.from({ length: 250 }, (_, id) => ({
  id,
  name: `Game ${id}`,
  reels: Array.from({ length: 5 }, (_, k) => Array.from({ length: 400 }, (_, i) => (i * (k + 7) + id) % 37)),
}));

/** One time series for each player that ever played. */
function observeSpin(game: number, player: string, seconds: number): void {
  spins.observe({ game: `game-${game % 4}`, player }, seconds);
}

export const scenario: Scenario = {
  name: 'metric-labels',
  about: 'A histogram has the player as a label, and so a set of buckets for every player.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['POST /games/:id/spins'],
    site: { file: 'packages/metric-labels.ts', functions: ['observeSpin', 'spin'] },
  },
  load: {
    requestsPerSecond: 140,
    mix: [
      {
        route: 'POST /games/:id/spins',
        weight: 5,
        request: (random) => ({
          method: 'POST',
          path: `/games/${integer(random, 250)}/spins`,
          headers: { 'x-player': `player-${integer(random, 1e8)}` },
        }),
      },
      {
        route: 'GET /games/:id',
        weight: 4,
        request: (random) => ({ path: `/games/${integer(random, 250)}` }),
      },
      { route: 'GET /games', weight: 3, request: () => ({ path: '/games' }) },
    ],
  },
  build(app) {
    app.post<{ Params: { id: string } }>('/games/:id/spins', async function spin({ params, headers }) {
      const startedMs = performance.now();
      const game = games[Number(params.id)]!;
      await delay(1);
      const stops = game.reels.map((reel) => reel[integer(Math.random, reel.length)]);
      observeSpin(game.id, String(headers['x-player']), (performance.now() - startedMs) / 1000);
      return { stops, isWin: new Set(stops).size === 1 };
    });
    app.get<{ Params: { id: string } }>('/games/:id', async ({ params }) => games[Number(params.id)]);
    app.get('/games', async () => games.map(({ id, name }) => ({ id, name })));
    app.get('/internal/metrics', async (_request, reply) =>
      reply.type(registry.contentType).send(await registry.metrics()),
    );
  },
};
