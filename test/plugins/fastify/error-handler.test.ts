import Fastify, { type FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { diagnosticsErrorHandler } from '../../../plugins/fastify/error-handler.js';
import { TidemarkError } from '../../../src/base/errors.js';

async function serve(t: Test, routes: (scope: FastifyInstance) => void) {
  const lines: string[] = [];
  const app = Fastify({ logger: { stream: { write: (line: string) => void lines.push(line) } } });
  t.teardown(() => app.close());
  await app.register(async (scope) => {
    scope.setErrorHandler(diagnosticsErrorHandler);
    routes(scope);
  });
  const base = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    app,
    lines,
    async call(path: string, init: { body?: string; headers?: Record<string, string> } = {}) {
      const method = init.body === undefined ? 'GET' : 'POST';
      const answer = await request(`${base}${path}`, { method, ...init });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: (await answer.body.json()) as Record<string, unknown>,
      };
    },
  };
}

function withStatus(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode });
}

function throwing(error: unknown) {
  return async () => {
    throw error;
  };
}

t.test(
  'a body that Fastify refuses itself is an input error; its other refusals keep their own code',
  async (t) => {
    const { app, call } = await serve(t, (scope) => {
      scope.post('/b', { bodyLimit: 10 }, async () => ({}));
    });
    const headers = { 'content-type': 'application/json', 'content-length': '5' };
    const answer = await app.inject({ method: 'POST', url: '/b', payload: '{}', headers });
    t.equal(answer.statusCode, 400);
    t.match(answer.json(), {
      code: 'TIDEMARK_ERR_INPUT_INVALID',
      details: [{ path: 'body', message: /Content-Length/, expected: 'a JSON text' }],
    });
    const json = { 'content-type': 'application/json' };
    t.match(await call('/b', { body: '{"a":"aaaaaaaaa"}', headers: json }), {
      status: 413,
      body: { code: /^FST_/ },
    });
  },
);

t.test('our errors say when to come back and what the details are', async (t) => {
  const details = [{ path: 'x', message: 'is wrong' }];
  const { call } = await serve(t, (scope) => {
    scope.get(
      '/budget',
      throwing(new TidemarkError('TIDEMARK_ERR_COST_BUDGET', { retryAfterSeconds: 12.2 })),
    );
    scope.get('/soon', throwing(new TidemarkError('TIDEMARK_ERR_COST_OVERLOADED', { retryAfterSeconds: 0 })));
    scope.get('/busy', throwing(new TidemarkError('TIDEMARK_ERR_COST_BUSY', { reason: 'gc', details })));
  });
  t.match(await call('/budget'), { status: 429, headers: { 'retry-after': '13' } });
  t.match(await call('/soon'), { status: 503, headers: { 'retry-after': '1' } });
  const busy = await call('/busy');
  t.equal(busy.headers['retry-after'], undefined);
  t.match(busy.body, {
    statusCode: 409,
    code: 'TIDEMARK_ERR_COST_BUSY',
    error: 'Conflict',
    message: /: gc/,
    details,
  });
});

t.test('what nobody foresaw is explained in the log and nowhere else', async (t) => {
  const { call, lines } = await serve(t, (scope) => {
    scope.get('/error', throwing(new Error('password=hunter2')));
    scope.get('/502', throwing(withStatus(502, 'upstream password=hunter2')));
    scope.get('/text', throwing('password=hunter2'));
    scope.get('/teapot', throwing(withStatus(418, 'meant for the client')));
    scope.get('/odd', throwing(withStatus(499, 'no name for that')));
    scope.get('/bad', throwing(withStatus(400, 'bad in another way')));
  });
  for (const path of ['/error', '/502', '/text']) {
    lines.length = 0;
    const answer = await call(path);
    t.same(answer.body, {
      statusCode: 500,
      code: 'TIDEMARK_ERR_INTERNAL',
      error: 'Internal Server Error',
      message: 'The diagnostics failed; the log says why',
    });
    t.equal(lines.filter((line) => /"level":50/.test(line) && /hunter2/.test(line)).length, 1, path);
  }
  t.same((await call('/teapot')).body, {
    statusCode: 418,
    error: "I'm a Teapot",
    message: 'meant for the client',
  });
  t.match((await call('/odd')).body, { statusCode: 499, error: 'Error' });
  t.match((await call('/bad')).body, {
    statusCode: 400,
    error: 'Bad Request',
    message: 'bad in another way',
  });
});
