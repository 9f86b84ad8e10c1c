import { Counter, Histogram, Registry } from 'prom-client';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const TENANTS = 120;
const KINDS = ['invoice', 'credit-note', 'reminder', 'statement', 'receipt', 'offer'] as const;
const PHASES = ['parse', 'price', 'layout', 'sign', 'send'] as const;
const BUCKETS = Array.from({ length: 16 }, (_, i) => 0.001 * 2 ** i);

export const scenario: Scenario = {
  name: 'metrics-bounded',
  about: 'A histogram gains five series for each pair of tenant and kind until all pairs have been seen.',
  label: { verdict: 'stable', alsoRight: ['filling'] },
  load: {
    requestsPerSecond: 170,
    mix: [
      {
        route: 'POST /tenants/:tenant/documents',
        weight: 12,
        request: (random) => ({
          method: 'POST',
          path: `/tenants/t${integer(random, TENANTS)}/documents`,
          body: {
            kind: KINDS[integer(random, KINDS.length)],
            lines: Array.from({ length: 12 }, (_, i) => i * 99),
          },
        }),
      },
      {
        route: 'GET /tenants/:tenant',
        weight: 6,
        request: (random) => ({ path: `/tenants/t${integer(random, TENANTS)}` }),
      },
      { route: 'GET /internal/scrape', weight: 0.01, request: () => ({ path: '/internal/scrape' }) },
    ],
  },
  build(app) {
    const registers = [new Registry()];
    const labelNames = ['tenant', 'kind', 'phase'] as const;
    const seconds = new Histogram({
      name: 'document_seconds',
      help: 'Time',
      labelNames,
      buckets: BUCKETS,
      registers,
    });
    const bytes = new Histogram({
      name: 'document_bytes',
      help: 'Size',
      labelNames,
      buckets: BUCKETS,
      registers,
    });
    const documents = new Counter({ name: 'documents_total', help: 'Number', labelNames, registers });
    const templates = new Map(
      Array.from({ length: TENANTS }, (_, i) => [
        `t${i}`,
        Array.from({ length: 300 }, (_, block) => ({
          block,
          text: `Block ${block} of tenant ${i}`,
          bold: block % 9 === 0,
        })),
      ]),
    );

    app.post<{ Params: { tenant: string }; Body: { kind: string; lines: number[] } }>(
      '/tenants/:tenant/documents',
      async ({ params: { tenant }, body: { kind, lines } }) => {
        const text = (templates.get(tenant) ?? []).slice(0, 60).map((block) => block.text);
        for (const phase of PHASES) {
          const stop = seconds.startTimer({ tenant, kind, phase });
          bytes.observe({ tenant, kind, phase }, text.length * phase.length);
          documents.inc({ tenant, kind, phase });
          stop();
        }
        return { kind, total: lines.reduce((sum, line) => sum + line, 0), text };
      },
    );
    app.get<{ Params: { tenant: string } }>('/tenants/:tenant', async ({ params: { tenant } }) => ({
      tenant,
      blocks: templates.get(tenant)?.length ?? 0,
    }));
    app.get('/internal/scrape', async (_request, reply) => {
      reply.type('text/plain');
      return registers[0]?.metrics();
    });
  },
};
