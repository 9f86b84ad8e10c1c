import { connect } from 'node:net';
import Fastify from 'fastify';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { createAccessGuard } from '../../../plugins/fastify/access.js';
import { registerAudit, type AuditRecord } from '../../../plugins/fastify/audit.js';
import { diagnosticsErrorHandler } from '../../../plugins/fastify/error-handler.js';
import { TidemarkError } from '../../../src/base/errors.js';

async function serve(t: Test, authorize?: () => unknown) {
  const records: AuditRecord[] = [];
  const waiting: (() => void)[] = [];
  const write = (line: string): void => {
    const { audit } = JSON.parse(line) as { audit?: AuditRecord };
    if (audit === undefined) return;
    records.push(audit);
    for (const wake of waiting.splice(0)) wake();
  };
  const app = Fastify({ logger: { stream: { write } } });
  t.teardown(() => app.close());
  const access = createAccessGuard({
    token: [
      { token: 'secret', role: 'operate', name: 'oncall' },
      { token: 'weak', role: 'read', name: 'grafana' },
    ],
    allowedHosts: [],
    ...(authorize && { authorize }),
  });
  const gates = { release: (): void => undefined, entered: (): void => undefined };
  await app.register(async (scope) => {
    scope.setErrorHandler(diagnosticsErrorHandler);
    const blocked = { ms: 100 };
    registerAudit(scope, access, () => blocked.ms);
    scope.addHook('onRequest', access.onRequest);
    const config = { tidemark: { role: 'operate' as const } };
    scope.post('/gc/:runs', { config }, async () => {
      blocked.ms += 13.34567;
      return {};
    });
    scope.post('/slow', { config }, async () => {
      gates.entered();
      await new Promise<void>((resolve) => (gates.release = resolve));
      return {};
    });
    scope.get('/broken', { config }, async () => {
      blocked.ms += 7.5;
      throw new Error('broken');
    });
    scope.get('/busy', { config }, async () => {
      throw new TidemarkError('TIDEMARK_ERR_COST_OVERLOADED');
    });
    scope.get('/read', { config: { tidemark: { role: 'read' } } }, async () => ({}));
  });
  const base = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    records,
    gates,
    port: Number(new URL(base).port),
    async call(method: 'GET' | 'POST', path: string, headers: Record<string, string> = {}) {
      await (await request(`${base}${path}`, { method, headers })).body.dump();
    },
    async recorded(count: number) {
      while (records.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
      return records;
    },
  };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

t.test('every use of an operate route is one line: who, what, outcome, cost', async (t) => {
  const { call, recorded } = await serve(t);
  await call('POST', '/gc/3', bearer('secret'));
  await call('GET', '/read');
  await call('GET', '/broken');
  await call('GET', '/busy');
  await call('POST', '/gc/3', bearer('weak'));
  await call('POST', '/gc/3', bearer('wrong'));
  t.match(await recorded(5), [
    {
      who: 'oncall',
      peer: '127.0.0.1',
      what: 'POST /gc/:runs',
      outcome: 'ok',
      statusCode: 200,
      costMs: 13.346,
    },
    {
      who: 'loopback',
      what: 'GET /broken',
      outcome: 'failed',
      statusCode: 500,
      costMs: 7.5,
      durationMs: Number,
    },
    { who: 'loopback', what: 'GET /busy', outcome: 'refused', statusCode: 503 },
    { who: 'grafana', what: 'POST /gc/:runs', outcome: 'refused', statusCode: 403, costMs: 0 },
    { who: 'unknown', what: 'POST /gc/:runs', outcome: 'refused', statusCode: 401 },
  ]);
});

t.test('a caller whom the host let in is named so', async (t) => {
  const { call, recorded } = await serve(t, () => true);
  await call('POST', '/gc/1');
  t.match(await recorded(1), [{ who: 'authorize', outcome: 'ok' }]);
});

t.test('a client that leaves before the answer is on record too, once', async (t) => {
  const { port, gates, recorded, records, call } = await serve(t);
  const entered = new Promise<void>((resolve) => {
    gates.entered = resolve;
  });
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    'POST /slow HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
  );
  await entered;
  socket.destroy();
  const [record] = await recorded(1);
  t.match(record, { who: 'loopback', what: 'POST /slow', outcome: 'aborted' });
  t.equal(record?.statusCode, undefined);
  gates.release();
  await call('POST', '/gc/1');
  await recorded(2);
  t.same(
    records.map(({ outcome }) => outcome),
    ['aborted', 'ok'],
  );
});
