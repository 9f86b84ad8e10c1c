import { connect } from 'node:net';
import Fastify, { type FastifyRequest, type FastifyServerOptions } from 'fastify';
import t, { type Test } from 'tap';
import { request } from 'undici';
import type { AccessOptions } from '../../../plugins/fastify/access.js';
import { addDiagnostics, tokens } from '../../helpers/diagnostics-app.js';

async function serve(t: Test, options: Partial<AccessOptions> = {}, server: FastifyServerOptions = {}) {
  const app = Fastify(server);
  t.teardown(() => app.close());
  addDiagnostics(app, options);
  const base = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    app,
    base,
    async call(path: string, headers: Record<string, string> = {}, method: 'GET' | 'POST' = 'GET') {
      const answer = await request(`${base}${path}`, { method, headers });
      const body = (await answer.body.json()) as Record<string, unknown>;
      return {
        status: answer.statusCode,
        code: body['code'],
        challenge: answer.headers['www-authenticate'],
        body,
      };
    },
  };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const unauthorized = { status: 401, code: 'TIDEMARK_ERR_ACCESS_UNAUTHORIZED', challenge: 'Bearer' };

t.test('a direct loopback peer gets both roles, and open routes ask for nothing', async (t) => {
  const { call } = await serve(t);
  t.match(await call('/read'), {
    status: 200,
    body: { kind: 'loopback', name: 'loopback', role: 'operate' },
  });
  t.match(await call('/operate', {}, 'POST'), { status: 200, body: { key: 'peer:127.0.0.1' } });
  t.match(await call('/open', { 'x-forwarded-for': '1.2.3.4' }), { status: 200, body: { caller: null } });
  t.match(await call('/public'), { body: { authorized: true } });
});

t.test('a loopback peer that is a proxy is not local, whatever trustProxy says', async (t) => {
  const { call, base } = await serve(t, {}, { trustProxy: true });
  for (const name of ['X-Forwarded-For', 'Forwarded', 'Via', 'X-Real-IP', 'X-Forwarded-Proto']) {
    t.match(await call('/read', { [name]: '127.0.0.1' }), unauthorized, name);
    t.match(await call('/public', { [name]: '127.0.0.1' }), { body: { authorized: false } }, name);
  }
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    let text = '';
    socket
      .on('data', (chunk) => (text += String(chunk)))
      .on('end', () => resolve(text))
      .on('error', reject);
    socket.write('GET /read HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  });
  t.match(answer, /^HTTP\/1\.1 401 /, 'what nginx sends to an upstream unless it is told otherwise');
});

t.test('a rebound Host reaches nothing without a token', async (t) => {
  const { call } = await serve(t, { token: tokens, allowedHosts: ['ops.internal'] });
  const rebound = { host: 'evil.example:3000' };
  t.match(await call('/read', rebound), { status: 403, code: 'TIDEMARK_ERR_ACCESS_HOST' });
  t.match(await call('/public', rebound), { body: { authorized: false } });
  for (const host of ['localhost', 'OPS.internal:1', '[::1]:3000']) {
    t.match(await call('/read', { host }), { status: 200 }, host);
  }
  t.match(await call('/read', { ...rebound, ...bearer('reader-secret') }), { status: 200 });
});

t.test('pages of other sites neither change nor read without a token', async (t) => {
  const { call } = await serve(t, { token: tokens });
  const refused = { status: 403, code: 'TIDEMARK_ERR_ACCESS_ORIGIN' };
  const crossSite = { 'sec-fetch-site': 'cross-site' };
  t.match(await call('/operate', { origin: 'http://evil.example' }, 'POST'), refused);
  t.match(await call('/operate', { 'sec-fetch-site': 'same-site' }, 'POST'), refused);
  t.match(
    await call('/operate', { 'sec-fetch-site': 'same-site' }),
    refused,
    'operate by GET is a change too',
  );
  t.match(await call('/read', crossSite), refused);
  t.match(await call('/public', crossSite), { body: { authorized: false } });
  t.match(await call('/read', { 'sec-fetch-site': 'none' }), { status: 200 });
  t.match(await call('/operate', { 'sec-fetch-site': 'same-origin' }, 'POST'), { status: 200 });
  t.match(await call('/operate', { ...crossSite, ...bearer('operator-secret') }, 'POST'), { status: 200 });
});

t.test('tokens have roles, and an unknown one is refused even from loopback', async (t) => {
  const { call } = await serve(t, { token: tokens });
  t.match(await call('/read', bearer('reader-secret')), {
    status: 200,
    body: { kind: 'token', name: 'grafana' },
  });
  t.match(await call('/operate', bearer('operator-secret'), 'POST'), {
    status: 200,
    body: { name: 'oncall' },
  });
  t.match(await call('/operate', bearer('reader-secret'), 'POST'), {
    status: 403,
    code: 'TIDEMARK_ERR_ACCESS_FORBIDDEN',
  });
  t.match(await call('/read', bearer('operator-secret')), { status: 200 });
  for (const wrong of ['wrong', '', 'reader-secre', 'reader-secret-and-more']) {
    t.match(await call('/read', bearer(wrong)), unauthorized, wrong);
    t.match(await call('/public', bearer(wrong)), { body: { authorized: false } }, wrong);
  }
  t.match(await call('/public', bearer('reader-secret')), { body: { authorized: true } });
  const proxied = { 'x-forwarded-for': '1.2.3.4' };
  t.match(
    await call('/read', { ...proxied, ...bearer('reader-secret') }),
    { status: 200 },
    'tokens pass proxies',
  );
  t.match(await call('/read', { ...proxied, authorization: 'Basic eDp5' }), unauthorized);
  t.match(
    await call('/read', { authorization: 'Basic eDp5' }),
    { status: 200 },
    'another scheme is not a token',
  );
  const { key } = (await call('/read', bearer('reader-secret'))).body;
  t.match(key, /^token:[0-9a-f]{16}$/);
});

const refuse = () => false;

t.test('what authorize says counts, and loopback no longer does', async (t) => {
  let answer: () => unknown = refuse;
  const lines: string[] = [];
  const logger = { level: 'debug', stream: { write: (line: string) => void lines.push(line) } };
  const { call } = await serve(t, { authorize: () => answer() }, { logger });
  t.match(await call('/read'), unauthorized);

  for (const [value, read, operate] of [
    [true, 200, 200],
    ['operate', 200, 200],
    ['read', 200, 403],
    [false, 401, 401],
    [undefined, 401, 401],
    ['admin', 401, 401],
    [1, 401, 401],
  ] as const) {
    for (const form of [() => value, () => Promise.resolve(value)]) {
      answer = form;
      t.equal((await call('/read', { host: 'public.example' })).status, read, `read: ${String(value)}`);
      t.equal((await call('/operate', {}, 'POST')).status, operate, `operate: ${String(value)}`);
      t.equal((await call('/public')).body['authorized'], read === 200, `headers: ${String(value)}`);
    }
  }

  for (const failing of [
    () => {
      throw new Error('thrown by the host');
    },
    () => Promise.reject(new Error('rejected by the host')),
  ]) {
    answer = failing;
    lines.length = 0;
    t.match(await call('/read'), unauthorized);
    t.match(await call('/public'), { body: { authorized: false } });
    t.equal(lines.filter((line) => /by the host/.test(line) && /authorize failed/.test(line)).length, 2);
  }
});

t.test(
  'a host that knows its users by cookies is protected from foreign forms, not from sign-in redirects',
  async (t) => {
    let asked = 0;
    const { call } = await serve(t, { authorize: () => ++asked > 0 });
    const refused = { status: 403, code: 'TIDEMARK_ERR_ACCESS_ORIGIN' };
    t.match(await call('/operate', { 'sec-fetch-site': 'cross-site' }, 'POST'), refused);
    t.match(await call('/operate', { 'sec-fetch-site': 'cross-site' }), refused);
    t.match(await call('/profile', { 'sec-fetch-site': 'cross-site' }), refused, 'costs a pause');
    t.match(
      await call('/verdict?gc=1', { 'sec-fetch-site': 'cross-site' }),
      refused,
      'costs a pause this time',
    );
    t.equal(asked, 0, 'the host was not even asked');
    t.match(await call('/verdict', { 'sec-fetch-site': 'cross-site' }), { status: 200 });
    t.match(await call('/read', { 'sec-fetch-site': 'cross-site' }), {
      status: 200,
      body: { kind: 'authorize' },
    });
  },
);

function knowsJwt({ headers }: FastifyRequest): boolean {
  return headers.authorization === 'Bearer jwt';
}

t.test('a bearer token is the host’s only where none of ours is configured', async (t) => {
  const authorize = knowsJwt;
  const theirs = await serve(t, { authorize });
  t.match(await theirs.call('/read', bearer('jwt')), { status: 200, body: { kind: 'authorize' } });
  t.match(await theirs.call('/public', bearer('jwt')), { body: { authorized: true } });
  const ours = await serve(t, { authorize, token: tokens });
  t.match(await ours.call('/read', bearer('jwt')), unauthorized);
  t.match(await ours.call('/read', bearer('reader-secret')), { status: 200, body: { kind: 'token' } });
});
