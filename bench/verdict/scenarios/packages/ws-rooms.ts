import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';
import { integer, type Random } from '../../random.js';
import type { ClientContext, Scenario } from '../../scenario.js';
import { stored } from '../../stored.js';

interface Member {
  readonly socket: WebSocket;
  readonly nick: string;
  readonly seen: Map<string, number>;
}

const ROOMS = 40;
const PAUSE_MS = 400;
const CLIENTS = 6;

const rooms = new Map<string, Member[]>();
const hub = new WebSocketServer({ noServer: true });

/** Sockets join rooms but never leave them: nothing handles the close of a socket. */
function joinRoom(socket: WebSocket, name: string): void {
  const members = rooms.get(name) ?? [];
  rooms.set(name, members);
  const seen = new Map<string, number>();
  for (let i = 0; i < 40; i += 1) seen.set(`${name}/message-${i}`, i);
  members.push({ socket, nick: `guest-${members.length}`, seen });
  socket.on('message', (data) => {
    for (const member of members.slice(-5))
      if (member.socket.readyState === WebSocket.OPEN) member.socket.send(String(data));
  });
}

function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
  hub.handleUpgrade(request, socket, head, (client) => joinRoom(client, request.url ?? '/'));
}

async function visit(origin: string, random: Random, signal: AbortSignal): Promise<void> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/rooms/${integer(random, ROOMS)}`);
  try {
    await once(socket, 'open', { signal });
    const answered = once(socket, 'message', { signal });
    socket.send('hello');
    await answered;
    await delay(PAUSE_MS * random(), undefined, { signal });
  } finally {
    socket.on('error', () => undefined);
    socket.close();
  }
}

async function guests({ origin, random, signal }: ClientContext): Promise<void> {
  const guest = async (): Promise<void> => {
    while (!signal.aborted) {
      await visit(origin, random, signal);
      await delay(PAUSE_MS * random(), undefined, { signal });
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, guest));
}

export const scenario: Scenario = {
  name: 'ws-rooms',
  about: 'Chat rooms keep every WebSocket that ever joined them, long after it was closed.',
  label: {
    verdict: 'leaking',
    alsoRight: ['native-growth'],
    signal: 'heap-floor',
    site: { file: 'packages/ws-rooms.ts', functions: ['joinRoom', 'onUpgrade'] },
  },
  load: {
    requestsPerSecond: 70,
    mix: [
      { route: 'GET /rooms', weight: 3, request: () => ({ path: '/rooms' }) },
      {
        route: 'GET /emoji/:set',
        weight: 3,
        request: (random) => ({ path: `/emoji/${integer(random, 50)}` }),
      },
      {
        route: 'POST /translate',
        weight: 4,
        request: (random) => ({
          method: 'POST',
          path: '/translate',
          body: { text: `good morning ${integer(random, 1_000)} `.repeat(20) },
        }),
      },
    ],
    clients: guests,
  },
  build(app) {
    const emoji = stored(
      Array.from({ length: 50 }, (_, set) =>
        Array.from({ length: 900 }, (_, i) => ({
          name: `emoji_${set}_${i}`,
          code: (set * 900 + i).toString(16),
        })),
      ),
    );
    app.server.on('upgrade', onUpgrade);
    app.get('/rooms', async () => [...rooms].map(([name, members]) => ({ name, visits: members.length })));
    app.get<{ Params: { set: string } }>('/emoji/:set', async ({ params }) =>
      emoji[Number(params.set)]!.slice(0, 120),
    );
    app.post<{ Body: { text: string } }>('/translate', async ({ body }) => ({
      text: body.text.replaceAll('morning', 'evening'),
    }));
  },
};
