import { readdirSync, readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import t, { type Test } from 'tap';
import { request } from 'undici';
import type { TidemarkOptions } from '../../plugins/tidemark.js';
import { readContract } from '../helpers/contract.js';
import { call, type HttpAnswer, type HttpCall } from '../helpers/http.js';
import { plugged } from '../helpers/plugged-app.js';

const contract = readContract();
const SCRIPT = fileURLToPath(new URL('snapshot-shop.js', import.meta.url));
const SECRET = 'hunter2-correct-horse-battery';
const WAIT_MS = 120_000;
/** By its variable and the module that it is in. */
const CARTS = /^carts in module .*snapshot-shop\.js → Map$/;

/** The shop of snapshot-shop.ts, and how it is asked. */
async function shop(t: Test, snapshots: TidemarkOptions['snapshots'] = {}) {
  const directory = path.join(t.testdir(), 'snapshots');
  const options: TidemarkOptions = {
    stateDirectory: t.testdirName,
    rateLimit: { max: 10_000 },
    cost: { pauseBudgetMsPerHour: 3_600_000, maxEventLoopUtilization: 1 },
    snapshots: { directory, ...snapshots },
  };
  // The test runner slips its loader into every process that is spawned, and with it a compiler into its heap.
  const command = ['-u', 'NODE_OPTIONS', process.execPath, SCRIPT, JSON.stringify(options), SECRET];
  const child = spawn('env', command, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  });
  const tell = async (question: string): Promise<unknown> => {
    child.send(question);
    const [answer] = (await once(child, 'message')) as [unknown];
    return answer;
  };
  const [base] = (await once(child, 'message')) as [string];
  const fill = async (count: number): Promise<void> =>
    void (await call(`${base}/carts?count=${count}`, { method: 'POST' }));
  const asked = new Set<string>();
  /** Asks an operation of the document, and holds its answer against it. */
  const ask = async (
    name: string,
    given: HttpCall & { readonly id?: string; readonly query?: string } = {},
  ): Promise<HttpAnswer> => {
    const { id = '', query = '', ...options } = given;
    const [method, route] = name.split(' ') as ['GET', string];
    const answer = await call(`${base}${route.replace('{id}', id)}?${query}`, { ...options, method });
    asked.add(name);
    if (answer.status !== 204)
      t.same(contract.faults(name, answer), [], `${name} ${answer.status} keeps the contract`);
    return answer;
  };
  /** The file as it comes, packed or not. */
  const download = async (id: string, headers: Record<string, string> = {}): Promise<Downloaded> => {
    asked.add('GET /memory/snapshots/{id}/download');
    const {
      statusCode,
      headers: told,
      body,
    } = await request(`${base}/memory/snapshots/${id}/download`, { headers });
    return { status: statusCode, headers: told, bytes: Buffer.from(await body.arrayBuffer()) };
  };
  return { base, tell, ask, asked, fill, download, directory };
}

type Downloaded = Pick<HttpAnswer, 'status' | 'headers' | 'bytes'>;
type Shop = Awaited<ReturnType<typeof shop>>;

async function ended({ ask }: Shop, id: string): Promise<Readonly<Record<string, unknown>>> {
  const endMs = performance.now() + WAIT_MS;
  for (;;) {
    const { json } = await ask('GET /memory/operations/{id}', { id });
    if (json?.['state'] !== 'running') return json!;
    if (performance.now() > endMs) throw new Error(`it does not end: ${JSON.stringify(json)}`);
    await delay(100);
  }
}

async function take(shop: Shop, body: object = {}): Promise<string> {
  const begun = await shop.ask('POST /memory/snapshot', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (begun.status !== 202) throw new Error(begun.text);
  const operation = await ended(shop, String(begun.json!['id']));
  const { snapshot } = (operation['result'] ?? {}) as { snapshot?: { id: string } };
  if (snapshot === undefined) throw new Error(JSON.stringify(operation));
  return snapshot.id;
}

/** Asks until the answer is there. */
async function settled(asking: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  const endMs = performance.now() + WAIT_MS;
  for (;;) {
    const answer = await asking();
    if (answer.status !== 202) return answer;
    if (performance.now() > endMs) throw new Error('there is no answer');
    await delay(200);
  }
}

interface Holder {
  readonly object: { readonly class: string };
  readonly path?: { readonly text: string };
  readonly entries?: { readonly before: number; readonly after: number };
}

t.test('snapshots are taken, stored, analysed and compared over HTTP', { timeout: 280_000 }, async (t) => {
  const here = await shop(t);
  const { ask, asked, fill, download, directory } = here;
  await fill(500);
  t.match((await ask('GET /memory/snapshot/preflight')).json, {
    survives: /yes|unsure/,
    pauseMs: { value: Number },
  });
  t.equal((await ask('GET /memory/snapshot/preflight', { query: 'format=text&writer=v8' })).status, 200);
  const stats = (await ask('GET /memory/stats')).json!['snapshots'];
  t.match(stats, { writer: /fork|v8/, reason: String, captures: 0 });

  const first = await take(here, { label: 'first' });
  await fill(1500);
  const last = await take(here);
  const { snapshots } = (await ask('GET /memory/snapshots', { query: 'verify=1' })).json as {
    snapshots: { id: string; redacted: boolean; trigger: string; label?: string; verdict?: string }[];
  };
  t.match(snapshots, [
    { id: last, redacted: true, trigger: 'request', verdict: String },
    { id: first, label: 'first' },
  ]);
  t.match((await ask('GET /memory/snapshots/{id}', { id: first })).json, { id: first, nodeCount: Number });
  t.same(
    readdirSync(directory).toSorted(),
    [first, last].toSorted().flatMap((id) => [`${id}.heapsnapshot.gz`, `${id}.json`]),
  );

  await t.test('what holds the memory is named', async (t) => {
    const answer = await settled(() => ask('GET /memory/snapshots/{id}/analysis', { id: last }));
    t.equal(answer.status, 200);
    const found = answer.json as unknown as { collections: Holder[] };
    t.match(
      found.collections.find(({ path }) => CARTS.test(path?.text ?? '')),
      { object: { class: 'Map' }, entries: 2000 },
      'the Map, by its variable and the function that it is in',
    );
    const words = await ask('GET /memory/snapshots/{id}/analysis', { id: last, query: 'format=text' });
    t.match(words.text, /carts in module/);
  });

  await t.test('what grew is named', async (t) => {
    const query = `snapshot1=${first}&snapshot2=${last}`;
    const answer = await settled(() => ask('GET /memory/snapshot/compare', { query }));
    const [holder] = (answer.json as unknown as { holders: Holder[] }).holders;
    t.match(holder, { object: { class: 'Map' }, entries: { before: 500, after: 2000 } });
    t.match(holder?.path?.text, CARTS);
    t.equal((await ask('GET /memory/snapshot/compare', { query: `${query}&format=text` })).status, 200);
  });

  await t.test('the file is served whole, in parts, and without its secrets', async (t) => {
    const get = async (headers: Record<string, string>): Promise<Downloaded> => download(last, headers);
    const packed = await get({ 'accept-encoding': 'gzip' });
    t.equal(packed.headers['content-encoding'], 'gzip');
    const plain = gunzipSync(packed.bytes);
    const whole = await get({});
    t.ok(plain.equals(whole.bytes), 'the same bytes, unpacked');
    t.notOk(plain.includes(SECRET.slice(0, 12)), 'no secret is in it');
    t.ok(plain.includes('"carts"') && plain.includes('"password"'), 'names that code wrote are');
    t.match(JSON.parse(plain.toString()), { snapshot: { node_count: Number }, strings: Array });
    const etag = String(packed.headers['etag']);
    const rest = await get({ 'accept-encoding': 'gzip', range: 'bytes=1000-', 'if-range': etag });
    t.equal(rest.status, 206);
    t.ok(packed.bytes.subarray(1000).equals(rest.bytes), 'a download that broke off goes on');
    t.equal(
      (await get({ range: 'bytes=0-9', 'if-range': '"other"' })).status,
      200,
      'of another file it begins anew',
    );
    t.equal((await get({ range: `bytes=${plain.length}-` })).status, 416);
    t.notOk(readFileSync(path.join(directory, `${last}.heapsnapshot.gz`)).includes(SECRET));
  });

  await t.test('what does not exist, is not allowed or is at work is refused', async (t) => {
    for (const name of [
      'GET /memory/snapshots/{id}',
      'DELETE /memory/snapshots/{id}',
      'GET /memory/snapshots/{id}/analysis',
    ])
      t.match(await ask(name, { id: '20200101T000000Z-000000000000' }), {
        status: 404,
        json: { code: 'TIDEMARK_ERR_SNAPSHOT_UNKNOWN' },
      });
    t.match(await ask('GET /memory/operations/{id}', { id: 'op-none' }), {
      status: 404,
      json: { code: 'TIDEMARK_ERR_OPERATION_UNKNOWN' },
    });
    const body = { headers: { 'content-type': 'application/json' }, body: '{"redact":false}' };
    t.match(await ask('POST /memory/snapshot', body), {
      status: 403,
      json: { code: 'TIDEMARK_ERR_SNAPSHOT_RAW' },
    });

    const begun = await ask('POST /memory/snapshot');
    t.equal(begun.headers['location'], `/memory/operations/${String(begun.json!['id'])}`);
    const id = String(begun.json!['id']);
    t.match(await ask('POST /memory/snapshot'), { status: 409, json: { code: 'TIDEMARK_ERR_COST_BUSY' } });
    t.equal((await ask('DELETE /memory/operations/{id}', { id })).status, 200);
    t.match(await ended(here, id), {
      state: 'cancelled',
      error: { code: 'TIDEMARK_ERR_SNAPSHOT_CANCELLED' },
    });
    t.equal(readdirSync(directory).length, 4, 'two files for each of the two snapshots, and nothing else');
  });

  t.equal((await ask('DELETE /memory/snapshots/{id}', { id: first })).status, 204);
  t.match((await ask('GET /memory/snapshots')).json, { stored: 1 });
  t.match((await ask('GET /memory/operations')).json, { running: 0, operations: Array });
  const all = [...contract.operations]
    .filter(([, { tags }]) => tags.includes('snapshots'))
    .map(([name]) => name);
  t.same(
    all.filter((name) => !asked.has(name)),
    [],
    'every operation of the document was asked',
  );
});

t.test('a deep look names who holds what grows, in the verdict', { timeout: 280_000 }, async (t) => {
  const here = await shop(t);
  const { ask, fill } = here;
  await fill(300);
  const enough = new AbortController();
  const traffic = (async () => {
    while (!enough.signal.aborted) {
      await fill(5);
      await delay(20);
    }
  })();
  const answer = await settled(() => ask('GET /memory/leak-detection', { query: 'deep=1' }));
  enough.abort();
  await traffic;
  t.equal(answer.status, 200);
  const { json } = await ask('GET /memory/snapshots');
  t.match((json as { snapshots: object[] }).snapshots, [{ trigger: 'deep' }, { trigger: 'deep' }]);
  const [holder] = (await here.tell('holders')) as object[];
  t.match(holder, {
    constructor: 'Map',
    path: CARTS,
    entries: { before: Number, after: Number },
  });
});

t.test(
  'raw where it is allowed, off where it is off, closed while it runs',
  { timeout: 280_000 },
  async (t) => {
    const raw = await shop(t, { allowRaw: true });
    await raw.fill(10);
    const id = await take(raw, { redact: false });
    t.match((await raw.ask('GET /memory/snapshots/{id}', { id })).json, { redacted: false });
    t.ok((await raw.download(id)).bytes.includes(SECRET));
    const begun = await raw.ask('POST /memory/snapshot');
    t.equal(begun.status, 202);
    t.equal(await raw.tell('close'), 'closed');
    t.same(
      readdirSync(raw.directory).filter((name) => !name.startsWith(id)),
      [],
      'a server that closes leaves nothing behind',
    );

    const { base } = await plugged(t, () => undefined, { tidemark: { snapshots: { enabled: false } } });
    t.match(await call(`${base}/memory/snapshots`), {
      status: 404,
      json: { code: 'TIDEMARK_ERR_FEATURE_OFF' },
    });
  },
);

t.test('one is taken by itself when memory is nearly used up', { timeout: 120_000 }, async (t) => {
  const { ask } = await shop(t, { atLimitRatio: 0.001 });
  const { survives } = (await ask('GET /memory/snapshot/preflight')).json as { survives: string };
  if (survives !== 'yes') {
    t.ok(false, { skip: `the preflight says ${survives}` });
    return;
  }
  const list = async (): Promise<readonly object[]> =>
    (await ask('GET /memory/snapshots')).json!['snapshots'] as object[];
  while ((await list()).length === 0) await delay(500);
  t.match(await list(), [{ trigger: 'near-limit', redacted: true }]);
});
