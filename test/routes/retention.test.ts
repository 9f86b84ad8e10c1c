import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import t, { type Test } from 'tap';
import type { TidemarkOptions } from '../../plugins/tidemark.js';
import { readContract } from '../helpers/contract.js';
import { call, type HttpAnswer, type HttpCall } from '../helpers/http.js';
import { plugged, rawSocket, until } from '../helpers/plugged-app.js';

const contract = readContract();
const reader = 'reader-token-0123456789';
const operator = 'operator-token-0123456789';
const json = { 'content-type': 'application/json' };

/** Nothing is refused for what it costs, and nothing opens a window unless a test does. */
const generous: TidemarkOptions = {
  rateLimit: { max: 10_000 },
  cost: { pauseBudgetMsPerHour: 3_600_000, maxEventLoopUtilization: 1 },
  verdict: { gcProbe: 'off' },
};

const rowsOf = async (count: number): Promise<object[]> => {
  await delay(1);
  return Array.from({ length: count }, (_, id) => ({ id, text: `row ${id}` }));
};

/** A route that keeps after an await, through a helper that an innocent route uses as well. */
async function shop(t: Test, options: TidemarkOptions = {}) {
  const kept: unknown[] = [];
  const app = await plugged(
    t,
    (app: FastifyInstance) => {
      app.get('/orders/:id', async () => ({ kept: kept.push(await rowsOf(40)) }));
      app.get('/items', async () => ({ shown: (await rowsOf(40)).length }));
    },
    { tidemark: { ...generous, ...options } },
  );
  const { base } = app;
  return {
    ...app,
    /** An answer that keeps the contract. */
    async ask(operation: string, query = '', how: HttpCall = {}): Promise<HttpAnswer> {
      const [method, path = ''] = operation.split(' ') as ['GET' | 'POST', string];
      const answer = await call(`${base}${path}${query}`, { method, ...how });
      t.same(contract.faults(operation, answer), [], `${operation}${query} ${answer.text}`);
      return answer;
    },
    /** Both routes are asked for until `work` has ended. */
    async under<T>(work: () => Promise<T>): Promise<T> {
      const over = new AbortController();
      const asking = ['/orders/1', '/items'].map(async (path) => {
        while (!over.signal.aborted) await call(base + path);
      });
      try {
        return await work();
      } finally {
        over.abort();
        await Promise.all(asking);
      }
    },
    async ended(id: unknown): Promise<Readonly<Record<string, unknown>>> {
      const path = `${base}/memory/operations/${String(id)}`;
      for (;;) {
        const { json } = await call(path);
        if (json?.['state'] !== 'running') return json!;
        await delay(20);
      }
    },
  };
}

interface Told {
  readonly headline: string;
  readonly requests: number;
  readonly windows: readonly { readonly seconds: number; readonly ended: string }[];
  readonly routes: readonly Route[];
  readonly limitations?: readonly string[];
  readonly next: readonly { readonly curl: string }[];
}

interface Route {
  readonly route: string;
  readonly requests: number;
  readonly samples: number;
  readonly bytesPerRequest: { readonly value: number; readonly low: number; readonly high: number };
  readonly unseenBytesPerRequest: number;
  readonly sites: readonly { readonly file: string; readonly line: number }[];
}

function routeOf({ routes }: Told, route: string): Route {
  const found = routes.find((one) => one.route === route);
  if (found === undefined) throw new Error(`${route} was not followed: ${JSON.stringify(routes)}`);
  return found;
}

const told = ({ json }: HttpAnswer): Told => json as unknown as Told;

t.test('a window is an operation, and tells which route keeps how much, and at which line', async (t) => {
  const { base, ask, under, ended } = await shop(t);
  const none = told(await ask('GET /memory/retention'));
  t.match(none, { headline: /^No retention window has been opened/, windows: [], routes: [], requests: 0 });
  t.match((await ask('GET /memory/retention', '?format=text')).text, /^No retention window has been opened/);
  t.match(JSON.stringify(none.next), /curl -s -X POST '[^']+\/memory\/retention'/);

  const [begun, busy] = await under(async () => {
    await delay(200);
    const body = { method: 'POST', body: '{"seconds":0.8}', headers: json } as const;
    // The contract is checked afterwards: that takes longer than the window.
    const begun = await call(`${base}/memory/retention`, body);
    const busy = await call(`${base}/memory/retention`, { method: 'POST' });
    t.match(await ended(begun.json?.['id']), { state: 'succeeded', progress: 1, kind: 'retention' });
    return [begun, busy];
  });
  for (const answer of [begun, busy]) t.same(contract.faults('POST /memory/retention', answer), []);
  t.match(begun, { status: 202, json: { kind: 'retention', state: 'running' } });
  t.equal(begun.headers['location'], `/memory/operations/${String(begun.json?.['id'])}`);
  t.match(busy, { status: 409, json: { code: 'TIDEMARK_ERR_COST_BUSY', message: /"retention window/ } });
  const operation = await ended(begun.json?.['id']);
  t.match(operation['next'], [{ why: 'what it found', path: '/memory/retention' }]);

  const found = told(await ask('GET /memory/retention'));
  const leak = routeOf(found, 'GET /orders/:id');
  const innocent = routeOf(found, 'GET /items');
  t.equal(found.routes[0], leak, 'most bytes a request first');
  t.match(
    found.headline,
    /^GET \/orders\/:id keeps [\d.]+ KiB \(.*\) a request, most of it allocated at \S+:\d+:\d+/,
  );
  t.ok(leak.requests > 5 && leak.samples > 20, JSON.stringify(leak));
  // 40 objects of two fields, 40 short strings, and the array of them.
  t.ok(
    leak.bytesPerRequest.value > 1_500 && leak.bytesPerRequest.value < 6_000,
    JSON.stringify(leak.bytesPerRequest),
  );
  t.match(leak.sites[0], { file: /retention\.test\.ts$/, line: Number });
  t.ok(innocent.bytesPerRequest.value < leak.bytesPerRequest.value / 5, JSON.stringify(innocent));
  const lines = innocent.sites.map(({ line }) => line);
  t.notOk(lines.includes(leak.sites[0]!.line), 'the helper that both share is not its leak');
  t.ok(innocent.unseenBytesPerRequest > 0);

  const words = (await ask('GET /memory/retention', '?format=text')).text;
  t.match(words, /^GET \/orders\/:id keeps .* a request, most of it allocated at/);
  t.match(words, /\nfollowed +[\d,]+ requests for .* until its time was up/);
  t.match(words, /\ncost +promise hooks for .*, a pause of .* for marks\n/);
  t.match(words, /\nGET \/items +\d/);
  t.notMatch(words, /undefined|NaN|\[object/);
  t.same(
    words.split('\n').filter((line) => line.length > 140 && !line.includes('curl')),
    [],
  );
});

t.test('longer than a window: several, one after the other, whose figures are pooled', async (t) => {
  const { app, ask, under } = await shop(t);
  const answer = await under(async () => app.tidemark.retention({ seconds: 2 }));
  t.ok(answer.windows.length >= 2, JSON.stringify(answer.windows));
  t.equal(
    answer.requests,
    answer.windows.reduce((sum, one) => sum + one.requests, 0),
  );
  const seconds = answer.windows.reduce((sum, one) => sum + one.seconds, 0);
  t.ok(seconds >= 1.9, `${seconds} s`);
  t.equal(answer.routes[0]?.route, 'GET /orders/:id');
  t.match(answer, { windows: { length: app.tidemark.stats().windows.count } });
  const newest = told(await ask('GET /memory/retention'));
  t.match(
    newest,
    { requests: answer.requests, headline: answer.headline },
    'and are what is told afterwards',
  );
  t.match(
    (await ask('GET /memory/retention', '?format=text')).text,
    /in \d windows, the last of which ended because/,
  );

  const { core } = app.tidemarkParts;
  await core.retention({ wantedMs: 100 });
  t.match(told(await ask('GET /memory/retention')), { windows: { length: 1 } }, 'until there is another');
});

t.test('a window before the verdict: whose requests left what is in the answer', async (t) => {
  const { ask, under } = await shop(t);
  const before = await ask('GET /memory/leak-detection');
  t.notOk(before.json && 'retention' in before.json, 'there is nothing to tell yet');
  const answer = await under(async () => ask('GET /memory/leak-detection', '?window=1'));
  t.equal(answer.status, 200);
  const { retention } = answer.json as unknown as { retention: Told };
  t.ok(routeOf(retention, 'GET /orders/:id').samples > 5);
  t.notOk('next' in retention, 'there is one list of commands');
  const later = (await ask('GET /memory/leak-detection')).json as unknown as { retention: Told };
  t.same(later.retention, retention, 'and stays for a while');
  const words = (await ask('GET /memory/leak-detection', '?format=text')).text;
  t.match(words, /\nwhat requests left in retention windows\n {2}GET \/orders\/:id keeps/);
  const ticket = (await ask('GET /memory/leak-detection', '?format=md')).text;
  t.match(
    ticket,
    /\n## what requests left in retention windows\n\nGET \/orders\/:id keeps .*\n\n- \*\*followed\*\* /,
  );
  t.match(
    (await ask('GET /memory/retention', '?format=md')).text,
    /^\*\*GET \/orders\/:id keeps .*\*\*\n\n- \*\*followed/,
  );
  const report = await ask('GET /memory/report', '?format=md');
  t.match(report.text, /GET \/orders\/:id keeps/);
  t.match(report.text, /what requests left in retention windows/);
});

t.test('a few requests accuse no route, and the headline says if no request arrived', async (t) => {
  const { app, base } = await plugged(t, (app) => void app.get('/', async () => 'hello'), {
    tidemark: generous,
  });
  const idle = await app.tidemark.retention({ seconds: 0.1 });
  t.match(idle, { headline: /^No request arrived/, requests: 0, routes: [] });
  const measured = app.tidemark.retention({ seconds: 0.6 });
  await until('it is open', () => app.tidemarkParts.core.windows?.open !== undefined);
  // A connection each: of a connection that is kept, the last request does not count.
  for (let i = 0; i < 4; i += 1) await call(base, { headers: { connection: 'close' } });
  const quiet = await measured;
  // The client runs in the same process, and may still hold something of the newest request.
  t.match(quiet, {
    headline: /^(Nothing is retained|No route repeatedly leaves memory|GET \/ may keep)/,
    requests: 4,
  });
  t.match(quiet.routes, [{ route: 'GET /', requests: 4 }]);
});

t.test('bad input is refused with what would be right', async (t) => {
  const { app, ask } = await shop(t);
  for (const seconds of ['0', '0.05', '"x"', '1e9', '60.1', 'null', '[1]']) {
    const answer = await ask('POST /memory/retention', '', { body: `{"seconds":${seconds}}`, headers: json });
    const details = [{ path: 'body.seconds', expected: /0\.1 to 60/ }];
    t.match(answer, { status: 400, json: { code: 'TIDEMARK_ERR_INPUT_INVALID', details } }, seconds);
  }
  t.match(await ask('POST /memory/retention', '', { body: '{"second":1}', headers: json }), { status: 400 });
  t.match(await ask('GET /memory/leak-detection', '?window=soon'), { status: 400 });
  for (const seconds of [0, 61, Number.NaN, 'x' as unknown as number])
    await t.rejects(app.tidemark.retention({ seconds }), { code: 'TIDEMARK_ERR_INPUT_INVALID' });
  t.equal(app.tidemark.stats().windows.count, 0);
});

t.test('following needs the role operate, reading does not', async (t) => {
  const token = [
    { token: reader, role: 'read' },
    { token: operator, role: 'operate' },
  ] as const;
  const { ask, ended } = await shop(t, { token: [...token] });
  t.equal((await ask('GET /memory/retention', '', { token: reader })).status, 200);
  t.notMatch((await ask('GET /memory/retention', '', { token: reader })).text, /-X POST/);
  t.match(await ask('POST /memory/retention', '', { token: reader }), {
    status: 403,
    json: { code: 'TIDEMARK_ERR_ACCESS_FORBIDDEN' },
  });
  const begun = await ask('POST /memory/retention', '', {
    token: operator,
    body: '{"seconds":0.1}',
    headers: json,
  });
  t.equal(begun.status, 202);
  t.match(await ended(begun.json?.['id']), { state: 'succeeded' });
});

t.test('a window is limited by rate, budgets, memory and load, and runs one at a time', async (t) => {
  const limited = await shop(t, { rateLimit: { max: 1, timeWindowSeconds: 60 } });
  const opened = await limited.ask('POST /memory/retention', '', { body: '{"seconds":0.1}', headers: json });
  t.equal(opened.status, 202);
  const tooMany = await limited.ask('POST /memory/retention');
  t.match(tooMany, { status: 429, json: { code: 'TIDEMARK_ERR_COST_RATE' } });
  await limited.ended(opened.json?.['id']);

  const spent = await shop(t, { cost: { pauseBudgetMsPerHour: 0, maxEventLoopUtilization: 1 } });
  for (const [operation, query] of [
    ['POST /memory/retention', ''],
    ['GET /memory/leak-detection', '?window=1'],
  ] as const) {
    const refused = await spent.ask(operation, query);
    t.match(refused, { status: 429, json: { code: 'TIDEMARK_ERR_COST_BUDGET' } }, operation);
    t.ok(Number(refused.headers['retry-after']) >= 1);
  }
  t.match(spent.app.tidemark.stats().windows, { count: 0, unavailable: /the pause budget is spent/ });

  const full = await shop(t, { memoryLimitBytes: 2 ** 20 });
  const near = await full.ask('POST /memory/retention');
  t.match(near, {
    status: 503,
    json: { code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE', message: /left to the limit/ },
  });
  t.match(full.app.tidemark.stats().windows, { unavailable: /left to the limit/ });
  t.match((await full.ask('GET /memory/operations')).json, { operations: [] }, 'what is refused is none');

  const busy = await shop(t);
  const hold = new EventEmitter();
  const held = once(hold, 'release');
  const running = busy.app.tidemarkParts.core.admission.run({ name: 'GC', expectedMs: 1 }, () => held);
  for (const [operation, query] of [
    ['POST /memory/retention', ''],
    ['GET /memory/leak-detection', '?window=1'],
  ] as const)
    t.match(await busy.ask(operation, query), { status: 409, json: { code: 'TIDEMARK_ERR_COST_BUSY' } });
  hold.emit('release');
  await running;

  const loaded = await shop(t, {
    history: { intervalSeconds: 0.1 },
    cost: { maxEventLoopUtilization: 1e-9 },
  });
  await until(
    'a sample with load',
    () => (loaded.app.tidemarkParts.core.latest().eventLoop?.utilization ?? 0) > 0,
  );
  const overloaded = await loaded.ask('POST /memory/retention');
  t.match(overloaded, { status: 503, json: { code: 'TIDEMARK_ERR_COST_OVERLOADED' } });
  t.ok(Number(overloaded.headers['retry-after']) >= 1);
  t.match(loaded.app.tidemark.stats().windows, { unavailable: /the event loop is busy/ });
});

t.test('a look that the budget ends early tells what it saw, and that it ended early', async (t) => {
  const { app } = await shop(t);
  const { core } = app.tidemarkParts;
  const { canSpend, trySpend } = core.budget;
  // As if other work had spent the rest once the first window was paid.
  let isSpent = false;
  const refusing: typeof trySpend = (ms) => (isSpent ? { ok: false, retryAfterSeconds: 9 } : trySpend(ms));
  Object.assign(core.budget, {
    canSpend: ((ms) => (isSpent ? refusing(ms) : canSpend(ms))) satisfies typeof canSpend,
    trySpend: refusing,
  });
  const looking = app.tidemark.retention({ seconds: 4 });
  await until('it is open', () => core.windows?.open !== undefined);
  isSpent = true;
  const answer = await looking;
  t.equal(answer.windows.length, 1);
  t.match(answer.limitations, [/^requests were followed for 1\.\d of 4 s: The pause budget/]);
});

t.test('a window can be cancelled, and ends when its client leaves or the server closes', async (t) => {
  const { app, base, ask, ended } = await shop(t);
  const { core } = app.tidemarkParts;
  const isOpen = (): boolean => core.windows?.open !== undefined;
  const begun = await ask('POST /memory/retention', '', { body: '{"seconds":30}', headers: json });
  const id = String(begun.json?.['id']);
  t.ok(isOpen(), 'it is open when it is answered');
  t.equal((await call(`${base}/memory/operations/${id}`, { method: 'DELETE' })).status, 200);
  t.match(await ended(id), { state: 'cancelled', error: { code: 'TIDEMARK_ERR_PROFILE_UNAVAILABLE' } });
  t.equal(isOpen(), false);

  const { socket } = await rawSocket(t, base);
  socket.write('GET /memory/leak-detection?window=1 HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await until('it is open', isOpen);
  const leftAtMs = performance.now();
  socket.destroy();
  await until('it is closed', () => !isOpen());
  t.ok(performance.now() - leftAtMs < 1_000, 'long before its time');
  await until('nothing is paid for any more', () => !isBusy());

  const closing = await ask('POST /memory/retention', '', { body: '{"seconds":30}', headers: json });
  t.equal(closing.status, 202);
  await app.close();
  t.equal(isOpen(), false);
  t.match(app.tidemark.operations.get(String(closing.json?.['id'])), { state: /cancelled|failed/ });

  function isBusy(): boolean {
    try {
      core.admission.admit({ name: 'nothing', expectedMs: 0 })(() => undefined);
      return false;
    } catch {
      return true;
    }
  }
});

t.test(
  'parts that are off say so, and what has no operation of a snapshot has one of a window',
  async (t) => {
    for (const [options, message] of [
      [{ profile: { enabled: false } }, /profile\.enabled is false/],
      [{ requests: { enabled: false } }, /requests\.enabled is false/],
    ] as const) {
      const { app, base } = await plugged(t, () => undefined, { tidemark: { ...generous, ...options } });
      for (const method of ['GET', 'POST'] as const) {
        const answer = await call(`${base}/memory/retention`, { method });
        t.same(contract.faults(`${method} /memory/retention`, answer), []);
        t.match(answer, { status: 404, json: { code: 'TIDEMARK_ERR_FEATURE_OFF', message } });
      }
      t.match(await call(`${base}/memory/leak-detection?window=1`), { status: 404 });
      t.match(app.tidemark.stats().windows, { count: 0, unavailable: message });
      t.notMatch((await call(`${base}/memory/leak-detection`)).text, /window=1/);
    }
    const { ask, ended } = await shop(t, { snapshots: { enabled: false } });
    const begun = await ask('POST /memory/retention', '', { body: '{"seconds":0.1}', headers: json });
    t.match(await ended(begun.json?.['id']), { state: 'succeeded' });
  },
);

t.test('stats and metrics tell what windows cost', async (t) => {
  const { app, ask, base } = await shop(t);
  t.match(app.tidemark.stats().windows, { count: 0, hooksSeconds: 0, hooksShare: 0, creditSeconds: 8 });
  await app.tidemark.retention({ seconds: 0.1 });
  const { windows } = app.tidemark.stats();
  t.match(windows, { count: 1, newest: { endedAt: /Z$/, requests: 0, marksBytes: Number } });
  t.ok(
    windows.hooksSeconds >= 0.1 && windows.hooksShare > 0 && windows.creditSeconds < 8,
    JSON.stringify(windows),
  );
  t.notOk('unavailable' in windows, 'nothing speaks against another');
  t.match(
    (await ask('GET /memory/stats', '?format=text')).text,
    /\nretention windows\n {2}count +1\n {2}hooksSeconds +\d/,
  );
  const { text } = await call(`${base}/metrics`);
  t.match(text, /\ntidemark_retention_windows_total 1\n/);
  t.match(text, /\ntidemark_retention_hooks_seconds_total 0\.\d+\n/);
});
