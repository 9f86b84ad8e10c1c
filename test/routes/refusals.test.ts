import { EventEmitter, once } from 'node:events';
import t, { type Test } from 'tap';
import type { TidemarkOptions } from '../../plugins/tidemark.js';
import { readContract } from '../helpers/contract.js';
import { call, type HttpAnswer, type HttpCall } from '../helpers/http.js';
import { plugged, rawSocket, until } from '../helpers/plugged-app.js';

const contract = readContract();
const reader = 'reader-token-0123456789';
const operator = 'operator-token-0123456789';

/** No pause is refused unless a test says so. */
const unlimited: TidemarkOptions = {
  token: [
    { token: reader, role: 'read' },
    { token: operator, role: 'operate' },
  ],
  rateLimit: { max: 10_000 },
  cost: { pauseBudgetMsPerHour: 3_600_000, maxEventLoopUtilization: 1 },
  verdict: { gcProbe: 'off' },
};

async function serve(t: Test, options: TidemarkOptions = {}) {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const { app, base } = await plugged(t, (app) => void app.get('/hello', async () => 'hello'), {
    tidemark: { ...unlimited, ...options },
    server: { logger: { level: 'info', stream } },
  });
  return {
    app,
    base,
    lines,
    /** A refusal that keeps the contract. */
    async refused(operation: string, query = '', options: HttpCall = {}): Promise<HttpAnswer> {
      const [method, path = ''] = operation.split(' ') as ['GET' | 'POST', string];
      const answer = await call(`${base}${path}${query}`, { method, ...options });
      t.same(contract.faults(operation, answer), [], `${operation}${query} ${answer.text}`);
      t.equal(answer.headers['cache-control'], 'no-store');
      t.equal(answer.headers['x-content-type-options'], 'nosniff');
      t.equal(answer.json?.['statusCode'], answer.status);
      return answer;
    },
  };
}

const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

t.test('a wrong query is refused with the value and what would be right', async (t) => {
  const { refused } = await serve(t);
  const wrong: [string, string, string, unknown][] = [
    ['GET /memory/stats', '?format=xml', 'querystring.format', 'xml'],
    ['GET /memory/stats', '?format=text&format=json', 'querystring.format', ['text', 'json']],
    ['GET /health', '?strict=maybe', 'querystring.strict', 'maybe'],
    ['GET /memory/history', '?step=0', 'querystring.step', 0],
    ['GET /memory/history', '?from=yesterday', 'querystring.from', 'yesterday'],
    ['GET /memory/history', '?series=heapUsed', 'querystring.series', 'heapUsed'],
    ['GET /memory/routes', '?sort=size', 'querystring.sort', 'size'],
    ['GET /memory/routes', '?limit=1.5', 'querystring.limit', 1.5],
    ['GET /memory/leak-detection', '?gc=yes', 'querystring.gc', 'yes'],
    ['GET /memory/profile', '?seconds=0', 'querystring.seconds', 0],
    ['GET /memory/profile', '?format=svg', 'querystring.format', 'svg'],
    ['GET /debug/pprof/heap', '?debug=1', 'querystring.debug', 1],
    ['GET /debug/pprof/allocs', '?seconds=9999', 'querystring.seconds', 9999],
  ];
  for (const [operation, query, path, value] of wrong) {
    const answer = await refused(operation, query);
    t.match(answer, { status: 400, json: { code: 'TIDEMARK_ERR_INPUT_INVALID', details: [{ path }] } });
    const [detail] = (answer.json as { details: { value: unknown; expected: string }[] }).details;
    if (!Array.isArray(value)) t.equal(detail?.value, value, `${query} repeats the value`);
    t.ok(detail?.expected, `${query} says what would be right`);
  }
  for (const operation of contract.operations.keys()) {
    const answer = await refused(operation, '?fromat=1');
    t.match(answer, {
      status: 400,
      json: { details: [{ path: 'querystring.fromat', expected: /nothing|one of/ }] },
    });
  }
  const plain = { headers: { accept: 'text/plain' } };
  for (const answer of [
    await refused('GET /memory/history', '?format=csv&from=yesterday'),
    await refused('GET /memory/stats', '?format=text&fromat=1'),
    await refused('GET /memory/stats', '?fromat=1', plain),
  ]) {
    t.equal(answer.headers['content-type'], 'application/json; charset=utf-8', 'an error is always JSON');
    t.match(answer.json, { code: 'TIDEMARK_ERR_INPUT_INVALID' });
  }
  t.match((await refused('GET /memory/history', '?from=-1&to=-60')).json, {
    details: [{ path: 'querystring.from', expected: 'before -60' }],
  });
  t.match((await refused('GET /memory/stats', '?format=xml&fromat=1')).json, { details: { length: 2 } });
});

t.test('a wrong body is refused, and what curl sends is understood', async (t) => {
  const { base, refused } = await serve(t);
  for (const [body, path, value] of [
    ['{"runs":0}', 'body.runs', 0],
    ['{"runs":"2"}', 'body.runs', '2'],
    ['{"run":2}', 'body.run', 2],
    ['[]', 'body', undefined],
    ['{"runs":', 'body', undefined],
    ['{"__proto__":{}}', 'body', undefined],
  ] as const) {
    const answer = await refused('POST /memory/gc', '', { body, headers: json });
    t.match(answer, { status: 400, json: { code: 'TIDEMARK_ERR_INPUT_INVALID', details: [{ path }] } }, body);
    if (value !== undefined) t.match(answer.json, { details: [{ value }] });
  }
  t.match((await refused('POST /memory/gc', '', { body: 'runs=2', headers: form })).json, {
    details: [{ path: 'body', expected: 'a JSON text' }],
  });
  t.match(
    await refused('POST /memory/gc', '', { body: '<runs/>', headers: { 'content-type': 'text/xml' } }),
    {
      status: 415,
      json: { code: 'TIDEMARK_ERR_INPUT_MEDIA_TYPE', message: /content-type: application\/json.*text\/xml/ },
    },
  );
  const large = JSON.stringify({ runs: 'x'.repeat(2 ** 20) });
  t.equal((await refused('POST /memory/gc', '', { body: large, headers: json })).status, 413);
  for (const [body, headers, runs] of [
    ['{"runs":2}', form, 2],
    ['', json, 1],
    ['', { 'content-type': 'text/xml' }, 1],
    [undefined, {}, 1],
  ] as const) {
    const answer = await call(`${base}/memory/gc`, {
      method: 'POST',
      headers,
      ...(body !== undefined && { body }),
    });
    t.match(answer, { status: 200, json: { runs: { length: runs } } }, `${body} ${JSON.stringify(headers)}`);
  }
});

t.test('an unknown token is 401, a role that does not suffice 403', async (t) => {
  const { base, refused } = await serve(t);
  for (const [operation, { security }] of contract.operations) {
    if (security !== undefined) continue;
    const answer = await refused(operation, '', { token: 'who-is-this-0123456789' });
    t.match(answer, { status: 401, json: { code: 'TIDEMARK_ERR_ACCESS_UNAUTHORIZED' } }, operation);
    t.equal(answer.headers['www-authenticate'], 'Bearer');
  }
  t.match(await refused('POST /memory/gc', '', { token: reader }), {
    status: 403,
    json: { code: 'TIDEMARK_ERR_ACCESS_FORBIDDEN' },
  });
  t.equal((await call(`${base}/memory/gc`, { method: 'POST', token: operator })).status, 200);
  t.match(await refused('GET /memory/stats', '', { headers: { host: 'evil.example' } }), {
    status: 403,
    json: { code: 'TIDEMARK_ERR_ACCESS_HOST' },
  });
  t.match(await refused('POST /memory/gc', '', { headers: { origin: 'http://evil.example' } }), {
    status: 403,
    json: { code: 'TIDEMARK_ERR_ACCESS_ORIGIN' },
  });
  const commands = async (token: string) =>
    JSON.stringify((await call(`${base}/memory/leak-detection`, { token })).json?.['next']);
  t.match(await commands(operator), /Bearer \$TIDEMARK_TOKEN/, 'commands carry the token that was needed');
  const afterGc = (await call(`${base}/memory/profile`, { token: reader })).json?.['next'];
  t.notMatch(JSON.stringify(afterGc), /-X POST/, 'nobody is told to run what he may not');
});

t.test('a query that takes snapshots needs the role that taking them needs, and is audited', async (t) => {
  const { base, lines, refused } = await serve(t);
  const forbidden = { status: 403, json: { code: 'TIDEMARK_ERR_ACCESS_FORBIDDEN' } };
  for (const query of ['?deep=1', '?deep=true', '?deep=yes'])
    t.match(await refused('GET /memory/leak-detection', query, { token: reader }), forbidden, query);
  const audited = (): number => lines.filter((line) => line.includes('"audit"')).length;
  await until('a line for each', () => audited() === 3);
  for (const query of ['', '?deep=0', '?deep=false'])
    t.equal((await call(`${base}/memory/leak-detection${query}`, { token: reader })).status, 200);
  t.equal(audited(), 3, 'reading the verdict is not');

  const cookies = await serve(t, { token: [], authorize: () => true });
  const foreign = { headers: { 'sec-fetch-site': 'cross-site' } };
  t.match(await cookies.refused('GET /memory/leak-detection', '?deep=1', foreign), {
    status: 403,
    json: { code: 'TIDEMARK_ERR_ACCESS_ORIGIN' },
  });
});

t.test('what costs a pause is limited by rate, budget and load, and runs one at a time', async (t) => {
  const limited = await serve(t, { rateLimit: { max: 1, timeWindowSeconds: 60 } });
  t.equal((await call(`${limited.base}/memory/gc`, { method: 'POST' })).status, 200);
  const tooMany = await limited.refused('POST /memory/gc');
  t.match(tooMany, { status: 429, json: { code: 'TIDEMARK_ERR_COST_RATE' } });
  t.ok(Number(tooMany.headers['retry-after']) >= 1);
  t.equal(
    (await limited.refused('GET /memory/leak-detection', '?gc=1')).status,
    429,
    'one counter for all GCs',
  );
  t.equal((await call(`${limited.base}/memory/leak-detection`)).status, 200, 'what is free is not limited');

  const spent = await serve(t, { cost: { pauseBudgetMsPerHour: 0, maxEventLoopUtilization: 1 } });
  for (const operation of ['POST /memory/gc', 'GET /memory/profile', 'GET /debug/pprof/heap']) {
    const answer = await spent.refused(operation);
    t.match(answer, { status: 429, json: { code: 'TIDEMARK_ERR_COST_BUDGET', message: /0 ms are left/ } });
    t.ok(Number(answer.headers['retry-after']) >= 1);
  }

  const busy = await serve(t);
  const hold = new EventEmitter();
  const held = once(hold, 'release');
  const running = busy.app.tidemarkParts.core.admission.run({ name: 'GC', expectedMs: 1 }, () => held);
  for (const [operation, query] of [
    ['POST /memory/gc', ''],
    ['GET /memory/profile', ''],
    ['GET /debug/pprof/allocs', ''],
    ['GET /memory/leak-detection', '?gc=1'],
  ] as const) {
    const answer = await busy.refused(operation, query);
    t.match(answer, { status: 409, json: { code: 'TIDEMARK_ERR_COST_BUSY', message: /"GC" runs since/ } });
  }
  hold.emit('release');
  await running;
  t.equal((await call(`${busy.base}/memory/gc`, { method: 'POST' })).status, 200);

  const loaded = await serve(t, {
    history: { intervalSeconds: 0.1 },
    cost: { maxEventLoopUtilization: 1e-9 },
  });
  await until(
    'a sample with load',
    () => (loaded.app.tidemarkParts.core.latest().eventLoop?.utilization ?? 0) > 0,
  );
  const overloaded = await loaded.refused('POST /memory/gc');
  t.match(overloaded, { status: 503, json: { code: 'TIDEMARK_ERR_COST_OVERLOADED' } });
  t.ok(Number(overloaded.headers['retry-after']) >= 1);
});

t.test('a waiting profile blocks nobody and ends when its client leaves or the server closes', async (t) => {
  const { app, base, lines } = await serve(t);
  const { profile } = app.tidemarkParts.core;
  const waiting = call(`${base}/memory/profile?seconds=1`);
  await until('the first reading', () => profile?.readings.length === 1);
  t.equal(
    (await call(`${base}/memory/gc`, { method: 'POST' })).status,
    200,
    'only readings exclude each other',
  );
  t.match((await waiting).json, { mode: 'delta', seconds: 1 });

  const { socket } = await rawSocket(t, base);
  socket.write('GET /memory/profile?seconds=60 HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await until('the reading before the wait', () => profile?.readings.length === 3);
  socket.destroy();
  await until('the end of the wait in the log', () => lines.some((line) => line.includes('client has left')));
  t.notMatch(lines.join(''), /"level":(50|60)/, 'which is no error of ours');
  t.equal(profile?.readings.length, 3, 'and is not paid for with a second reading');

  const closing = call(`${base}/memory/profile?seconds=60`);
  await until('the reading before the close', () => profile?.readings.length === 4);
  await app.close();
  t.match(await closing, { status: 503, json: { code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE' } });
});

t.test('HEAD answers as GET does but for the body, and OPTIONS is not served', async (t) => {
  const { base } = await serve(t);
  for (const path of [
    '/metrics',
    '/health',
    '/memory/stats',
    '/memory/leak-detection',
    '/memory/openapi.json',
  ]) {
    const head = await call(base + path, { method: 'HEAD' });
    t.match(head, { status: 200, text: '', headers: { 'cache-control': 'no-store' } }, path);
    t.equal((await call(base + path, { method: 'OPTIONS' })).status, 404, path);
  }
  t.equal(
    (await call(`${base}/memory/stats`, { method: 'HEAD', token: 'who-is-this-0123456789' })).status,
    401,
  );
  t.equal((await call(`${base}/memory/stats`, { method: 'POST' })).status, 404);
});

t.test('a feature that is off says so', async (t) => {
  const off = { enabled: false };
  const { base, refused } = await serve(t, { requests: off, history: off, verdict: off, profile: off });
  for (const operation of [
    'GET /memory/history',
    'GET /memory/routes',
    'GET /memory/leak-detection',
    'GET /memory/profile',
    'GET /debug/pprof/heap',
    'GET /debug/pprof/allocs',
  ]) {
    const answer = await refused(operation);
    t.match(answer, { status: 404, json: { code: 'TIDEMARK_ERR_FEATURE_OFF', message: /enabled is false/ } });
  }
  for (const [name, path] of [
    ['GET /memory/stats', '/memory/stats'],
    ['GET /health', '/health'],
  ] as const) {
    const answer = await call(base + path);
    t.same(contract.faults(name, answer), []);
    t.notMatch(
      answer.text,
      /leak-detection|profile\?|memory\/routes|memory\/history/,
      'nor is it recommended',
    );
  }
});

t.test('health is 503 when it is critical and strict was asked for', async (t) => {
  const { base } = await serve(t, { memoryLimitBytes: 2 ** 20 });
  t.match(await call(`${base}/health`), { status: 200, json: { status: 'critical' } });
  const strict = await call(`${base}/health?strict=1`);
  t.match(strict, { status: 503, json: { status: 'critical', memory: { limitSource: 'configured' } } });
  t.same(contract.faults('GET /health', strict), []);
  t.equal((await call(`${base}/health?strict=0`)).status, 200);
});
