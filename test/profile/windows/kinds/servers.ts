import { once } from 'node:events';
import http, { ServerResponse } from 'node:http';
import http2 from 'node:http2';
import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { WebSocket, WebSocketServer } from 'ws';
import { recordRequests } from '../../../../plugins/fastify/recording-hooks.js';
import { systemClock } from '../../../../src/base/clock.js';
import { followRequest } from '../../../../src/profile/windows/follow.js';
import { createRecorder } from '../../../../src/requests/recorder.js';
import { createRecording } from '../../../../src/requests/recording.js';
import type { Kind } from './kind.js';
import { isInnocent, isNamed, isNobodys, type Outcome } from './outcome.js';
import {
  ask,
  mixed,
  listening,
  pair,
  TEXT,
  thing,
  things,
  toldBy,
  toldOf,
  warm,
  windowed,
  windowedServer,
  type Keep,
  type WindowedServer,
} from './served.js';

const json = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: TEXT,
};

async function* rows(keep: Keep): AsyncGenerator<string> {
  await delay(1);
  keep(thing());
  yield 'ok';
}

/** An application of Fastify that is recorded as the plugin does. */
async function fastifyApp(
  add: (app: FastifyInstance, path: string, keep: Keep) => void,
  exclude: readonly string[] = [],
): Promise<Pick<WindowedServer, 'url' | 'during'>> {
  const recorder = createRecorder({ clock: systemClock, maxRoutes: 10, durationBucketsSeconds: [1] });
  const windows = windowed((row) => recorder.routes.identity(row)?.pattern ?? recorder.routes.label(row));
  const app = Fastify();
  const recording = createRecording({ recorder, deep: undefined, exclude });
  recordRequests(app, { recording, windows, headers: undefined });
  const kept: unknown[] = [];
  void app.register(async (keeping) => add(keeping, '/keeps', (made) => kept.push(made)));
  void app.register(async (freeing) => add(freeing, '/frees', () => undefined));
  return { during: windows.during, url: await app.listen({ port: 0, host: '127.0.0.1' }) };
}

/** Messages over one socket while requests of `/frees` come; the handlers of messages keep. */
async function toldOfMessages({ during, url }: WindowedServer, socket: WebSocket): Promise<Outcome> {
  if (socket.readyState !== WebSocket.OPEN) await once(socket, 'open');
  return warm({ during }, messages(url, socket), { drainMs: 200 });
}

function messages(url: string, socket: WebSocket): (rounds: number) => Promise<void> {
  const one = async (path: string): Promise<void> => {
    const answered = once(socket, 'message');
    socket.send('message');
    await Promise.all([answered, ask(url + path)]);
  };
  return async (rounds) => mixed(rounds, one, ['/frees']);
}

/** What a pool of HTTP connections fetched is kept by who asked for it. */
async function upstream(): Promise<string> {
  const server = http.createServer((_request, response) => setTimeout(() => response.end(TEXT), 1));
  return listening(server);
}

export const kinds: Readonly<Record<string, Kind>> = {
  'Fastify: a body that it parsed, in hooks and a handler': {
    run: async () =>
      toldBy(
        await fastifyApp((app, path, keep) => {
          app.post(path, { preHandler: async () => delay(1) }, async ({ body }) => {
            await delay(1);
            keep(body);
            return 'ok';
          });
        }),
        async (url) => ask(url, json),
      ),
    holds: isNamed,
  },
  'Fastify: a body as text, such as that of a form': {
    run: async () =>
      toldBy(
        await fastifyApp((app, path, keep) => {
          app.addContentTypeParser(
            'application/x-www-form-urlencoded',
            { parseAs: 'string' },
            (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body as string))),
          );
          app.post(path, async ({ body }) => {
            keep({ body, made: thing() });
            return 'ok';
          });
        }),
        async (url) =>
          ask(url, {
            method: 'POST',
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: new URLSearchParams({ text: TEXT }).toString(),
          }),
      ),
    holds: isNamed,
  },
  'Fastify: a body as a Buffer': {
    run: async () =>
      toldBy(
        await fastifyApp((app, path, keep) => {
          app.addContentTypeParser(
            'application/octet-stream',
            { parseAs: 'buffer' },
            (_request, body, done) => done(null, body),
          );
          app.post(path, async ({ body }) => {
            keep(JSON.parse(String(body)));
            return 'ok';
          });
        }),
        async (url) =>
          ask(url, { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: TEXT }),
      ),
    holds: isNamed,
  },
  'Fastify: a body in parts, which the handler reads as a stream': {
    run: async () =>
      toldBy(
        await fastifyApp((app, path, keep) => {
          app.addContentTypeParser('multipart/form-data', (_request, _payload, done) => done(null));
          app.post(path, async ({ raw }) => {
            const chunks: Buffer[] = [];
            for await (const chunk of raw) chunks.push(chunk as Buffer);
            const [, part = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
            keep(JSON.parse(part.slice(0, part.indexOf('\r\n--'))));
            return 'ok';
          });
        }),
        async (url) =>
          ask(url, {
            method: 'POST',
            headers: { 'content-type': 'multipart/form-data; boundary=x' },
            body: `--x\r\ncontent-disposition: form-data; name="rows"\r\n\r\n${TEXT}\r\n--x--\r\n`,
          }),
      ),
    holds: isNamed,
  },
  'Fastify: a reply that is a stream': {
    run: async () =>
      toldBy(
        await fastifyApp((app, path, keep) => {
          app.get(path, async (_request, reply) => {
            return reply.send(Readable.from(rows(keep)));
          });
        }),
      ),
    holds: isNamed,
  },
  'Fastify: an answer through reply.raw': {
    run: async () =>
      toldBy(
        await fastifyApp((app, path, keep) => {
          app.get(path, (_request, reply) => {
            setImmediate(() => {
              keep(thing());
              reply.raw.writeHead(200).end('ok');
            });
          });
        }),
      ),
    holds: isNamed,
  },
  'Fastify: routes that are not recorded': {
    run: async () =>
      toldBy(
        await fastifyApp(
          (app, path, keep) => {
            app.get(path, async () => {
              await delay(1);
              keep(thing());
              return 'ok';
            });
          },
          ['/keeps'],
        ),
      ),
    holds(t, outcome) {
      t.same(Object.keys(outcome.routes), ['/frees']);
      isNobodys(t, outcome);
    },
  },
  'Fastify: a hijacked reply': {
    run: async () =>
      toldBy(
        await fastifyApp((app, path, keep) => {
          app.get(path, (_request, reply) => {
            reply.hijack();
            setTimeout(() => {
              keep(thing());
              reply.raw.end('ok');
            }, 1);
          });
        }),
      ),
    holds: isNamed,
  },
  'Fastify: a route that injects requests of another': {
    run: async () =>
      toldBy(
        await fastifyApp((app, path, keep) => {
          app.get(`/inner${path}`, async () => 'inner');
          app.get(path, async () => {
            const { payload } = await app.inject(`/inner${path}`);
            keep(thing());
            return payload;
          });
        }),
      ),
    holds(t, outcome) {
      isNamed(t, outcome);
      isInnocent(t, outcome, '/inner/keeps');
    },
  },
  'HTTP/2, through its compatible API': {
    async run() {
      const server = await windowedServer(
        pair((keep) => (request, response) => {
          let text = '';
          request.on('data', (chunk: Buffer) => (text += chunk.toString()));
          request.on('end', () => {
            setTimeout(() => {
              keep(JSON.parse(text));
              response.end('ok');
            }, 1);
          });
        }),
      );
      const listener = server.listener as unknown as Parameters<typeof http2.createServer>[1];
      const client = http2.connect(await listening(http2.createServer(listener!)));
      return toldBy({ during: server.during, url: '' }, async (path) => {
        const stream = client.request({ ':path': path, ':method': 'POST' });
        stream.end(json.body);
        await once(stream.resume(), 'end');
      });
    },
    holds: isNamed,
  },
  'WebSocket messages': {
    async run() {
      const server = await windowedServer({ '/frees': (_request, response) => response.end('ok') });
      const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
      await once(sockets, 'listening');
      const kept: unknown[] = [];
      sockets.on('connection', (socket) =>
        socket.on('message', () => {
          kept.push(thing());
          socket.send('ok');
        }),
      );
      const { port } = sockets.address() as { port: number };
      return toldOfMessages(server, new WebSocket(`ws://127.0.0.1:${port}/`));
    },
    holds: isNobodys,
  },
  'WebSocket messages, where the upgrade is a request that is followed': {
    async run() {
      const server = await windowedServer({
        '/frees': (_request, response) => response.end('ok'),
        '/upgrade': () => undefined,
      });
      const sockets = new WebSocketServer({ noServer: true });
      const kept: unknown[] = [];
      const upgrading = http.createServer();
      upgrading.on('upgrade', (request, raw, head) => {
        const accept = (): void =>
          sockets.handleUpgrade(request, raw, head, (socket) => {
            socket.on('message', () => {
              kept.push(thing());
              socket.send('ok');
            });
          });
        if (server.open === undefined) accept();
        else followRequest(server.open, request, new ServerResponse(request), 1, accept);
      });
      const url = (await listening(upgrading)).replace('http', 'ws');
      await toldOfMessages(server, new WebSocket(url));
      const traffic = async (): Promise<void> => {
        const socket = new WebSocket(url);
        await once(socket, 'open');
        await messages(server.url, socket)(100);
      };
      return server.during(traffic, { drainMs: 200 });
    },
    holds: isNobodys,
  },
  'an HTTP client with kept connections, by callbacks': {
    async run() {
      const url = await upstream();
      const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });
      return toldOf((keep) => (_request, response) => {
        http.get(url, { agent }, (answer) => {
          let text = '';
          answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
          answer.on('end', () => {
            keep({ body: JSON.parse(text), things: things() });
            response.end('ok');
          });
        });
      });
    },
    holds: isNamed,
  },
  'an HTTP client with kept connections, by promises': {
    async run() {
      const url = await upstream();
      return toldOf((keep) => async (_request, response) => {
        const answer = await fetch(url);
        keep({ body: await answer.json(), things: things() });
        response.end('ok');
      });
    },
    holds: isNamed,
  },
  'an HTTP/2 client with one session, by callbacks': {
    async run() {
      const server = http2.createServer((_request, response) => response.end(json.body));
      const session = http2.connect(await listening(server));
      return toldOf((keep) => (_request, response) => {
        let text = '';
        const stream = session.request({ ':path': '/' });
        stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
        stream.on('end', () => {
          keep({ body: JSON.parse(text), things: things() });
          response.end('ok');
        });
      });
    },
    holds: isNamed,
  },
};
