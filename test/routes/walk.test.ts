import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { RouteOptions } from 'fastify';
import t, { type Test } from 'tap';
import { documentUrl, readContract } from '../helpers/contract.js';
import { call, mediaTypeOf, type HttpAnswer, type HttpCall } from '../helpers/http.js';
import { plugged } from '../helpers/plugged-app.js';
import { requiredTool } from '../helpers/required-tool.js';
import { generateOpenapi } from '../../scripts/generate-openapi.js';
import type { TidemarkOptions } from '../../plugins/tidemark.js';

interface Case extends HttpCall {
  readonly query?: string;
  /** Where the path of the operation has parameters. */
  readonly path?: string;
  /** `application/json` where it is not said. */
  readonly type?: string;
  readonly body?: string;
}

const text = 'text/plain';
const binary = 'application/octet-stream';
const asText: readonly Case[] = [
  {},
  { query: 'format=json', headers: { accept: text } },
  { query: 'format=text', type: text },
  { headers: { accept: 'text/plain, */*' }, type: text },
];

/** Every operation in all its forms. A route without a case fails the walk. */
const cases: Readonly<Record<string, readonly Case[]>> = {
  'GET /metrics': [
    { type: text },
    {
      headers: { accept: 'application/openmetrics-text; version=1.0.0' },
      type: 'application/openmetrics-text',
    },
  ],
  'GET /health': [...asText, { query: 'strict=1' }, { query: 'strict=false' }],
  'GET /memory/stats': asText,
  'GET /memory/history': [
    ...asText,
    { query: 'from=-600&to=-0&step=10&series=heapUsedBytes,requests' },
    { query: 'from=2020-01-01T00:00:00Z' },
    { query: 'to=0' },
    { query: 'format=csv', type: 'text/csv' },
  ],
  'GET /memory/routes': [
    ...asText,
    ...['retained', 'requests', 'duration', 'delta'].map((sort) => ({ query: `sort=${sort}&limit=1` })),
  ],
  'GET /memory/leak-detection': [
    ...asText,
    { query: 'gc=1' },
    { query: 'gc=true&format=text', type: text },
    { query: 'format=md', type: 'text/markdown' },
    { query: 'window=1' },
    { query: 'window=true&format=text', type: text },
  ],
  'GET /memory/retention': [...asText, { query: 'format=md', type: 'text/markdown' }],
  'POST /memory/gc': [
    ...asText,
    { body: '{"runs":2}', headers: { 'content-type': 'application/json' } },
    { body: '{"runs":2}', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    { body: '', headers: { 'content-type': 'application/json' } },
  ],
  'GET /memory/profile': [
    ...asText,
    { query: 'seconds=1' },
    { query: 'seconds=1&format=text', type: text },
    { query: 'format=heapprofile' },
    { query: 'format=pprof', type: binary },
  ],
  'GET /memory/profile/sessions': asText,
  'GET /memory/profile/sessions/{id}': asText.map((form) => ({
    ...form,
    path: '/memory/profile/sessions/1',
  })),
  'GET /memory/profile/sessions/compare': asText.map(({ query = '', ...form }) => ({
    ...form,
    query: `session1=1&session2=2&${query}`,
  })),
  'GET /debug/pprof/heap': [{ type: binary }, { query: 'gc=1&debug=0', type: binary }],
  'GET /debug/pprof/allocs': [{ type: binary }, { query: 'seconds=1', type: binary }],
  'GET /memory/report': [
    ...asText,
    { query: 'format=md', type: 'text/markdown' },
    { query: 'format=html', type: 'text/html' },
  ],
  'GET /memory/optimize': asText,
  'GET /memory/openapi.json': [{}, { headers: { accept: text } }],
};

const contract = readContract();
const curl = requiredTool('curl');
const run = promisify(execFile);

/** Nothing is refused here for what it costs. */
const generous: TidemarkOptions = {
  rateLimit: { max: 10_000 },
  cost: { pauseBudgetMsPerHour: 3_600_000, maxEventLoopUtilization: 1 },
  requestProfiling: { probability: 1 },
  history: { intervalSeconds: 0.1 },
  verdict: { fillHorizonSeconds: 20, gcProbe: 'interval', gcProbeShare: 0.05 },
};

interface Found {
  readonly operation: string;
  readonly role: string | undefined;
}

async function serve(t: Test, options: TidemarkOptions = {}) {
  const registered: Found[] = [];
  const kept = new Map<number, object>();
  const remember = (row: object): void => void kept.set(kept.size, row);
  const { app, base } = await plugged(
    t,
    (app) => {
      app.get('/orders/:id', async (request) => {
        remember({ id: request.params, rows: Array.from({ length: 200 }, (_, i) => ({ i, text: `x${i}` })) });
        return { kept: kept.size };
      });
      app.get('/items', async () => Array.from({ length: 20 }, (_, id) => ({ id })));
      app.get('/broken', async () => {
        throw new Error('as planned');
      });
    },
    {
      tidemark: { ...generous, ...options },
      before: (app) =>
        app.addHook('onRoute', ({ method, url, config }: RouteOptions) => {
          if (config?.tidemark === undefined || method === 'HEAD') return;
          const path = url.replaceAll(/:(\w+)/g, '{$1}');
          registered.push({ operation: `${String(method)} ${path}`, role: config.tidemark.role });
        }),
    },
  );
  for (const path of ['/orders/1', '/items', '/broken', '/nowhere']) await call(base + path);
  for (let i = 0; i < 2; i += 1) await app.tidemark.profile(async () => call(`${base}/orders/2`));
  return { app, base, registered };
}

function checkAnswer(t: Test, name: string, answer: HttpAnswer, type = 'application/json'): void {
  t.equal(answer.status, 200, answer.status === 200 ? name : `${name} ${answer.text}`);
  t.equal(mediaTypeOf(answer), type, `${name} content type`);
  t.equal(answer.headers['cache-control'], 'no-store', `${name} is not cached`);
  t.equal(answer.headers['x-content-type-options'], 'nosniff', `${name} is not sniffed`);
}

interface Next {
  readonly why: string;
  readonly curl: string;
  readonly cost: { readonly pauseMs: number };
}

t.test('the committed document is what the code would write', async (t) => {
  t.ok(await generateOpenapi(new URL('..', documentUrl).pathname, true), 'run npm run generate:openapi');
  const source = readFileSync(documentUrl, 'utf8');
  const page = readFileSync(new URL('http-api.md', documentUrl), 'utf8');
  t.equal(
    [...page.matchAll(/^## [A-Z]+ \//gm)].length,
    contract.operations.size,
    'no section without an operation',
  );
  t.notMatch(source, /127\.0\.0\.1|localhost|\/tmp/, 'it says nothing of a machine');
  for (const [name, { summary, description, tags, parameters = [], responses }] of contract.operations) {
    t.ok(
      summary && /^Costs (nothing|one)/.test(description) && tags.length > 0,
      `${name} names its cost first`,
    );
    for (const parameter of parameters) t.ok(parameter.description, `${name} describes ${parameter.name}`);
    t.ok(responses['400'] && responses['500'], `${name} says how it fails`);
    const section = page.split(`\n## ${name}\n`)[1]?.split('\n## ')[0] ?? '';
    const headings = [...section.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
    t.same(headings, ['Cost', 'Query', 'Answer', 'Errors', 'Example'], `${name} has its section`);
    for (const parameter of parameters)
      t.match(section, `\`${parameter.name}`, `which names ${parameter.name}`);
  }
});

t.test('every route of the document answers what the document says', async (t) => {
  const { app, base, registered } = await serve(t);
  const names = [...contract.operations.keys()].toSorted();
  // What takes an operation has walks of its own, in snapshots.test.ts and retention.test.ts.
  const quick = names.filter((name) => {
    const { tags, responses } = contract.operations.get(name)!;
    return !tags.includes('snapshots') && '200' in responses;
  });
  t.same(Object.keys(cases).toSorted(), quick, 'every operation has a case');
  t.same(registered.map(({ operation }) => operation).toSorted(), names, 'every route is in the document');
  const open = registered.filter(({ role }) => role === undefined).map(({ operation }) => operation);
  t.same(open.toSorted(), ['GET /health', 'GET /metrics'], 'every other route declares a role');
  for (const name of open)
    t.same(contract.operations.get(name)?.security, [], `${name} is open in the document`);

  const commands = new Set<string>();
  for (const [name, forms] of Object.entries(cases)) {
    const [method, path] = name.split(' ') as ['GET' | 'POST', string];
    for (const { query = '', type, path: asked = path, ...options } of forms) {
      const answer = await call(`${base}${asked}?${query}`, { method, ...options });
      const form = `${name}?${query} ${JSON.stringify(options)}`;
      checkAnswer(t, form, answer, type);
      t.same(contract.faults(name, answer), [], `${form} keeps the contract`);
      if (type === text && path !== '/metrics') {
        t.notMatch(answer.text, /\[object|undefined|NaN/, `${form} reads well`);
        const wide = answer.text.split('\n').filter((line) => line.length > 140 && !line.includes('curl'));
        t.same(wide, [], `${form} fits a terminal`);
      }
      if (type === binary) t.ok(gunzipSync(answer.bytes).length > 0, `${form} is compressed`);
      const next = answer.json?.['next'] as Next[] | undefined;
      if (mediaTypeOf(answer) !== 'application/json' || /openapi|heapprofile/.test(form)) continue;
      t.ok(next && next.length > 0, `${form} says what to do next`);
      for (const step of next ?? []) commands.add(step.curl);
    }
  }

  await t.test('the commands in next work as they stand', { skip: curl.skip }, async (t) => {
    t.ok(commands.size >= 6, [...commands].join('\n'));
    const cwd = t.testdir();
    for (const command of commands) {
      // Half a minute and a pprof viewer are more than the question needs.
      const line = command.split(' && ')[0]!.replace('seconds=30', 'seconds=1');
      const { stdout } = await run('bash', ['-c', `${line} -w '%{http_code}'`], { cwd });
      const takesLonger = command.includes('-X POST') && command.includes('/memory/retention');
      t.equal(stdout.slice(-3), takesLonger ? '202' : '200', command);
      // What costs a pause runs one at a time.
      while (app.tidemark.operations.list().running > 0) await delay(20);
    }
  });
});

interface Leak {
  readonly verdict: string;
  readonly suspects?: { readonly routes: readonly object[]; readonly sites: readonly object[] };
}

t.test('a leak is answered as growing, then as leaking, with its route and line', async (t) => {
  // Only the collections of this test, so that there are too few at first.
  const { app, base } = await serve(t, { verdict: { fillHorizonSeconds: 20, gcProbe: 'off' } });
  const seen = new Map<string, Leak>();
  const deadline = performance.now() + 90_000;
  const over = new AbortController();
  const traffic = (async () => {
    while (!over.signal.aborted) await Promise.all([call(`${base}/orders/1`), call(`${base}/items`)]);
  })();
  while (!seen.has('leaking') && performance.now() < deadline) {
    await delay(1_050);
    const answer = await call(`${base}/memory/leak-detection?gc=1`);
    t.same(contract.faults('GET /memory/leak-detection', answer), [], answer.text);
    const leak = answer.json as unknown as Leak;
    const isNamed =
      leak.suspects === undefined || (leak.suspects.routes.length > 0 && leak.suspects.sites.length > 0);
    if (isNamed && !seen.has(leak.verdict)) seen.set(leak.verdict, leak);
  }
  over.abort();
  await traffic;
  // The first floors of a slow machine may not show it yet, and a heap just started has empty pages.
  const early = new Set(['stable', 'fragmented', 'churning', 'filling']);
  const told = [...seen.keys()].filter((verdict) => !early.has(verdict));
  t.same(told, ['insufficient-data', 'growing', 'leaking']);
  t.match(seen.get('insufficient-data'), { missing: [/major GC/] });
  t.match(seen.get('growing'), { signal: 'heap-floor', decidedAt: /Z$/, exhaustion: { at: /Z$/ } });
  const route = seen.get('leaking')?.suspects?.routes[0];
  t.match(route, { route: 'GET /orders/:id', collinearWith: [] });
  t.notOk(route && 'index' in route, 'no row of an inner table is shown');
  t.notOk('decidedAt' in (seen.get('leaking') ?? {}), 'what is decided needs no date');

  const words = (await call(`${base}/memory/leak-detection?format=text`)).text;
  t.match(words, /^verdict +leaking, with a confidence of \d+ %: .*\ngrowth .* a second, .* a request/);
  t.match(words, /\nroute +GET \/orders\/:id keeps .* a request/);
  t.match(words, /\nline +\S*walk\.test\.\w+:\d+:\d+ in /);
  t.match(words, /\nexhaustion +in /);
  t.ok(words.indexOf('\nroute') < words.indexOf('\nexhaustion'), 'whose it is comes before until when');
  t.match((await call(`${base}/memory/routes`)).json, {
    routes: [{ route: 'GET /orders/:id', retainedBytesPerRequest: { value: Number } }],
  });
  t.equal(app.tidemarkParts.core.judgement()?.verdict, 'leaking');
});
