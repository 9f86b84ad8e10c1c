import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import t from 'tap';
import { createAccessGuard } from '../../../plugins/fastify/access.js';
import { addDiagnostics, tokens } from '../../helpers/diagnostics-app.js';
import { socketPathOf } from '../../helpers/socket-path.js';

/** What Node throws for the socket of an HTTP/2 session that was destroyed. */
function throwUnbound(): never {
  throw Object.assign(new Error('The socket is gone'), { code: 'ERR_HTTP2_SOCKET_UNBOUND' });
}

t.test('a Unix socket is local; its proxies are not', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  addDiagnostics(app, {});
  const path = socketPathOf(t);
  await app.listen({ path });
  const status = (headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      httpRequest(
        { socketPath: path, path: '/read', headers: { host: 'localhost', ...headers } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      )
        .on('error', reject)
        .end();
    });
  t.equal(await status({}), 200);
  t.equal(await status({ 'x-real-ip': '1.2.3.4' }), 401);
  t.equal(await status({ host: 'evil.example' }), 403);
});

t.test('a TCP client that is already gone is not taken for a Unix socket', async (t) => {
  const guard = createAccessGuard({ token: [], allowedHosts: [] });
  const app = Fastify();
  t.teardown(() => app.close());
  const sockets: Socket[] = [];
  const verdict = new Promise<{ address: string | undefined; authorized: unknown }>((resolve) => {
    app.get('/', async (request) => {
      const closed = new Promise<unknown>((done) => request.raw.socket.once('close', done));
      sockets[0]?.resetAndDestroy();
      await closed;
      resolve({ address: request.raw.socket.remoteAddress, authorized: guard.isAuthorized(request) });
      return {};
    });
  });
  const base = await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect(Number(new URL(base).port), '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  t.same(await verdict, { address: undefined, authorized: false });
});

t.test('HTTP/2 is held to the same rules, with :authority for Host', async (t) => {
  const app = Fastify({ http2: true });
  t.teardown(() => app.close());
  addDiagnostics(app as unknown as FastifyInstance, { token: tokens });
  const base = await app.listen({ port: 0, host: '127.0.0.1' });
  const session: ClientHttp2Session = connectHttp2(base);
  t.teardown(() => session.close());
  const status = (headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      const stream = session.request({ ':path': '/read', ...headers });
      stream.on('response', (answer) => resolve(answer[':status']));
      stream.on('error', reject);
      stream.resume().end();
    });
  t.equal(await status({}), 200);
  t.equal(await status({ ':authority': 'evil.example', host: 'localhost' }), 403);
  t.equal(await status({ ':path': '/operate', ':method': 'POST', origin: 'http://evil.example' }), 403);
  t.equal(await status({ via: '2 proxy' }), 401);
  t.equal(await status({ ':authority': 'evil.example', authorization: 'Bearer reader-secret' }), 200);
  t.equal(await status({ authorization: 'Bearer wrong' }), 401);
});

t.test('an HTTP/2 session that is gone is nobody', async (t) => {
  const guard = createAccessGuard({ token: [], allowedHosts: [] });
  const app = Fastify({ http2: true });
  t.teardown(() => app.close());
  const sessions: ClientHttp2Session[] = [];
  const verdict = new Promise<unknown>((resolve) => {
    app.get('/', async (request) => {
      const closed = new Promise<unknown>((done) => request.raw.stream.session?.once('close', done));
      sessions[0]?.destroy();
      await closed;
      resolve(guard.isAuthorized(request as unknown as Parameters<typeof guard.isAuthorized>[0]));
      return {};
    });
  });
  sessions.push(connectHttp2(await app.listen({ port: 0, host: '127.0.0.1' })));
  sessions[0]?.request({ ':path': '/' }).on('error', () => undefined);
  t.equal(await verdict, false);
});

t.test('a peer that is not on this machine is refused, and inject counts as this machine', async (t) => {
  const guard = createAccessGuard({ token: tokens, allowedHosts: [] });
  const app = Fastify();
  t.teardown(() => app.close());
  app.get('/', async (request) => ({ authorized: guard.isAuthorized(request) }));
  const remote = await app.inject({ url: '/', remoteAddress: '203.0.113.9' });
  t.same(remote.json(), { authorized: false });
  t.same((await app.inject('/')).json(), { authorized: true }, 'inject is local unless it says otherwise');
});

t.test('a request whose socket cannot be asked is nobody', async (t) => {
  const guard = createAccessGuard({ token: [], allowedHosts: [] });
  const app = Fastify();
  t.teardown(() => app.close());
  app.get('/', async (request) => {
    const { socket } = request.raw;
    const property = { configurable: true, get: throwUnbound };
    Object.defineProperty(request.raw, 'socket', property);
    try {
      return { authorized: guard.isAuthorized(request) };
    } finally {
      Object.defineProperty(request.raw, 'socket', { configurable: true, value: socket });
    }
  });
  t.same((await app.inject('/')).json(), { authorized: false });
});
