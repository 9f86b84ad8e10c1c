import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { ClientContext, Scenario } from '../../scenario.js';

const READERS = 400;
const JOIN_MS = 100;
const HEARTBEAT_MS = 2_000;

/** A subscribed reader: what was already shown is remembered as long as the connection is open. */
class Reader {
  readonly #shown: { id: number; score: string }[];

  constructor(
    readonly match: number,
    readonly response: ServerResponse,
  ) {
    this.#shown = Array.from({ length: 250 }, (_, id) => ({ id, score: `${match}:${id}:${id % 7}` }));
  }

  send(id: number): void {
    this.#shown[id % this.#shown.length] = { id, score: `${this.match}:${id}` };
    this.response.write(`id: ${id}\ndata: ${this.#shown.length}\n\n`);
  }
}

function readAlong(origin: string, agent: http.Agent, match: number): http.ClientRequest {
  const request = http.get(`${origin}/matches/${match}/events`, { agent }, (response) => {
    response.on('error', () => undefined);
    response.resume();
  });
  return request.on('error', () => undefined);
}

/** They connect one by one within forty seconds; then every second one leaves. */
async function clients({ origin, random, signal }: ClientContext): Promise<void> {
  const agent = new http.Agent({ maxSockets: Infinity });
  const readers: http.ClientRequest[] = [];
  try {
    while (readers.length < READERS) {
      readers.push(readAlong(origin, agent, integer(random, 50)));
      await delay(JOIN_MS, undefined, { signal });
    }
    for (const reader of readers.filter((_, i) => i % 2 === 0)) reader.destroy();
    await once(signal, 'abort');
  } catch {
    // The run ended first.
  }
  for (const reader of readers) reader.destroy();
  agent.destroy();
}

export const scenario: Scenario = {
  name: 'long-connections',
  about: 'Four hundred readers open an event stream each, with state of their own; then half of them leave.',
  label: { verdict: 'load-following', alsoRight: ['stable', 'growing', 'filling'] },
  load: {
    requestsPerSecond: 60,
    mix: [
      { route: 'GET /matches', weight: 2, request: () => ({ path: '/matches' }) },
      {
        route: 'GET /matches/:id',
        weight: 4,
        request: (random) => ({ path: `/matches/${integer(random, 50)}` }),
      },
      {
        route: 'POST /matches/:id/goals',
        weight: 1,
        request: (random) => ({
          method: 'POST',
          path: `/matches/${integer(random, 50)}/goals`,
          body: { minute: 7 },
        }),
      },
    ],
    clients,
  },
  build(app) {
    const matches = Array.from({ length: 50 }, (_, id) => ({
      id,
      goals: 0,
      players: Array.from({ length: 1_500 }, (_, i) => ({ name: `Player ${id}.${i}`, shots: i % 9 })),
    }));
    const heart = new EventEmitter().setMaxListeners(READERS + 10);
    let event = 0;
    const beating = setInterval(() => heart.emit('beat', (event += 1)), HEARTBEAT_MS);
    app.addHook('onClose', async () => clearInterval(beating));

    app.get<{ Params: { id: string } }>('/matches/:id/events', (request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
      const reader = new Reader(Number(request.params.id), reply.raw);
      const onBeat = (id: number): void => reader.send(id);
      heart.on('beat', onBeat);
      reply.raw.on('close', () => heart.off('beat', onBeat));
    });
    app.get('/matches', async () => matches.map(({ id, goals }) => ({ id, goals })));
    app.get<{ Params: { id: string } }>('/matches/:id', async ({ params }) => {
      const match = matches[Number(params.id)];
      return { ...match, players: match?.players.slice(0, 22) };
    });
    app.post<{ Params: { id: string } }>('/matches/:id/goals', async ({ params }) => {
      const match = matches[Number(params.id)];
      if (match !== undefined) match.goals += 1;
      return { goals: match?.goals };
    });
  },
};
