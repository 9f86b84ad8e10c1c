import { readFileSync } from 'node:fs';
import t from 'tap';
import { servedDocument } from '../../src/answers/openapi.js';
import { documentUrl, readContract } from '../helpers/contract.js';
import { call } from '../helpers/http.js';
import { plugged } from '../helpers/plugged-app.js';

const committed = JSON.parse(readFileSync(documentUrl, 'utf8')) as Readonly<Record<string, object>>;

interface Served {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const pathsOf = (served: object): Served['paths'] => (served as Served).paths;

t.test('prefix and path of the metrics are in the paths, in the document and in the commands', async (t) => {
  const { base } = await plugged(t, () => undefined, {
    tidemark: {
      prefix: '/api',
      metrics: { path: '/internal/metrics' },
      cost: { pauseBudgetMsPerHour: 3_600_000, maxEventLoopUtilization: 1 },
    },
  });
  const document = (await call(`${base}/api/memory/openapi.json`)).json as unknown as Served;
  t.same(document.servers, [{ url: '/api' }]);
  t.same(
    document.paths['/internal/metrics']?.['servers'],
    [{ url: '/' }],
    'the prefix is not for the metrics',
  );
  t.notOk('/metrics' in document.paths);
  for (const [path, item] of Object.entries(document.paths)) {
    const [{ url }] = (item['servers'] ?? document.servers) as [{ url: string }];
    const method = 'post' in item ? 'POST' : 'GET';
    if (/\/(snapshot|snapshots|operations)\b/.test(path)) continue; // snapshots.test.ts asks for these.
    if (/\/profile\/sessions\/./.test(path)) continue; // There is no session to ask for.
    const { status, text } = await call(base + url.replace(/\/$/, '') + path, { method });
    t.ok(status === 200 || status === 202, status < 300 ? path : `${path} ${text}`);
  }
  const stats = await call(`${base}/api/memory/stats`);
  t.same(readContract().faults('GET /memory/stats', stats), []);
  for (const { curl } of (stats.json as { next: { curl: string }[] }).next)
    t.match(curl, `'${base}/api/memory/`);
  t.equal((await call(`${base}/memory/stats`)).status, 404);
});

t.test('without options the served document is the committed one', async (t) => {
  const { base } = await plugged(t, () => undefined);
  t.same((await call(`${base}/memory/openapi.json`)).json, committed);
});

t.test('metrics that are off are not in the document, protected ones ask for a token', async (t) => {
  const metrics = { enabled: true, path: '/metrics', access: 'open' } as const;
  const off = pathsOf(servedDocument(committed, { prefix: '', metrics: { ...metrics, enabled: false } }));
  t.notOk('/metrics' in off);
  const open = pathsOf(servedDocument(committed, { prefix: '', metrics }));
  t.match(open['/metrics'], { get: { security: [] } });
  const closed = pathsOf(
    servedDocument(committed, { prefix: '', metrics: { ...metrics, access: 'protected' } }),
  );
  t.notMatch(closed['/metrics'], { get: { security: [] } }, 'so that the security of the document holds');
});
