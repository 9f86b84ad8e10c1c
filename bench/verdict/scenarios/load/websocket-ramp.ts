import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { integer } from '../../random.js';
import type { ClientContext, Scenario } from '../../scenario.js';

const PLAYERS = 300;
const JOIN_MS = 100;
const MOVE_MS = 1_500;

interface Board {
  readonly cells: { readonly x: number; readonly y: number; owner: string }[];
  moves: number;
}

function newBoard(player: number): Board {
  const cells = Array.from({ length: 400 }, (_, i) => ({
    x: i % 20,
    y: Math.floor(i / 20),
    owner: `p${player}-${i}`,
  }));
  return { cells, moves: 0 };
}

/** They join within thirty seconds, stay, and move now and then. */
async function clients({ origin, random, signal }: ClientContext): Promise<void> {
  const players: WebSocket[] = [];
  const moving = setInterval(() => {
    for (const player of players) {
      if (player.readyState === WebSocket.OPEN) player.send(JSON.stringify({ cell: integer(random, 400) }));
    }
  }, MOVE_MS);
  try {
    while (players.length < PLAYERS) {
      const player = new WebSocket(`${origin.replace('http', 'ws')}/play`);
      player.on('error', () => player.terminate());
      player.on('message', () => undefined);
      players.push(player);
      await delay(JOIN_MS, undefined, { signal });
    }
    if (!signal.aborted) await once(signal, 'abort');
  } catch {
    // The run ended first.
  }
  clearInterval(moving);
  for (const player of players) player.terminate();
}

export const scenario: Scenario = {
  name: 'websocket-ramp',
  about:
    'Three hundred players join over WebSockets within thirty seconds and stay; each has a board of their own.',
  label: { verdict: 'load-following', alsoRight: ['stable', 'filling', 'growing'] },
  load: {
    requestsPerSecond: 70,
    mix: [
      {
        route: 'GET /ranking',
        weight: 3,
        request: (random) => ({ path: `/ranking?page=${integer(random, 200)}` }),
      },
      {
        route: 'GET /players/:id',
        weight: 4,
        request: (random) => ({ path: `/players/${integer(random, 10_000)}` }),
      },
      { route: 'GET /online', weight: 1, request: () => ({ path: '/online' }) },
    ],
    clients,
  },
  build(app) {
    const ranking = Array.from({ length: 10_000 }, (_, id) => ({
      id,
      name: `Player ${id}`,
      results: Array.from({ length: 30 }, (_, game) => (id * game) % 3),
    }));
    const boards = new Map<WebSocket, Board>();
    const sockets = new WebSocketServer({ noServer: true });
    sockets.on('connection', (socket: WebSocket) => {
      const board = newBoard(boards.size);
      boards.set(socket, board);
      socket.on('message', (data) => {
        const { cell } = JSON.parse(String(data)) as { cell: number };
        board.moves += 1;
        const taken = board.cells[cell];
        if (taken !== undefined) taken.owner = `taken-${board.moves}`;
        socket.send(JSON.stringify(taken));
      });
      socket.on('close', () => boards.delete(socket));
    });
    app.server.on('upgrade', (request, socket, head) => {
      sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
    });
    app.addHook('preClose', async () => {
      for (const client of sockets.clients) client.terminate();
    });

    app.get<{ Querystring: { page: string } }>('/ranking', async ({ query }) =>
      ranking.slice(Number(query.page) * 50, Number(query.page) * 50 + 50),
    );
    app.get<{ Params: { id: string } }>('/players/:id', async ({ params }) => ranking[Number(params.id)]);
    app.get('/online', async () => ({ online: boards.size }));
  },
};
