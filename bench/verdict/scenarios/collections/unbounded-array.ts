import { setTimeout as delay } from 'node:timers/promises';
import { integer } from '../../random.js';
import type { Scenario } from '../../scenario.js';

const INVOICES = 8_000;
const STATES = ['draft', 'sent', 'paid', 'disputed'];

interface Invoice {
  readonly id: number;
  readonly customer: string;
  readonly positions: readonly { readonly text: string; readonly cents: number }[];
  state: string;
}

interface AuditEntry {
  readonly at: Date;
  readonly actor: string;
  readonly before: Invoice;
  readonly after: Invoice;
}

function createInvoice(id: number): Invoice {
  const positions = [];
  for (let i = 0; i < 8; i += 1)
    positions.push({ text: `Service ${i} for invoice ${id}`, cents: (id * 31 + i) % 90_000 });
  return { id, customer: `Customer ${id % 700}`, positions, state: 'draft' };
}

class InvoiceService {
  readonly #invoices = Array.from({ length: INVOICES }, (_, id) => createInvoice(id));
  readonly #audit: AuditEntry[] = [];

  get auditLength(): number {
    return this.#audit.length;
  }

  find(id: number): Invoice | undefined {
    return this.#invoices[id];
  }

  page(from: number): Invoice[] {
    return this.#invoices.slice(from, from + 8);
  }

  setState(id: number, state: string, actor: string): Invoice | undefined {
    const invoice = this.#invoices[id];
    if (invoice === undefined) return undefined;
    const before = this.copy(invoice);
    invoice.state = state;
    // The log should be archived and emptied every night; that job was never built.
    this.#audit.push({ at: new Date(), actor, before, after: this.copy(invoice) });
    return invoice;
  }

  copy(invoice: Invoice): Invoice {
    const positions = [];
    for (const position of invoice.positions) positions.push({ ...position });
    return { ...invoice, positions };
  }
}

export const scenario: Scenario = {
  name: 'unbounded-array',
  about:
    'The audit log of invoices is an array in the service, with a copy from before and after each change.',
  label: {
    verdict: 'leaking',
    signal: 'heap-floor',
    routes: ['PUT /invoices/:id/state'],
    site: { file: 'collections/unbounded-array.ts', functions: ['copy', 'setState', 'changeState'] },
  },
  load: {
    requestsPerSecond: 120,
    mix: [
      {
        route: 'PUT /invoices/:id/state',
        weight: 3,
        request: (random) => ({
          method: 'PUT',
          path: `/invoices/${integer(random, INVOICES)}/state`,
          body: { state: STATES[integer(random, STATES.length)], actor: `clerk-${integer(random, 40)}` },
        }),
      },
      {
        route: 'GET /invoices/:id',
        weight: 5,
        request: (random) => ({ path: `/invoices/${integer(random, INVOICES)}` }),
      },
      {
        route: 'GET /invoices',
        weight: 3,
        request: (random) => ({ path: `/invoices?from=${integer(random, INVOICES)}` }),
      },
      { route: 'GET /audit/size', weight: 1, request: () => ({ path: '/audit/size' }) },
    ],
  },
  build(app) {
    const service = new InvoiceService();
    app.get<{ Querystring: { from: string } }>('/invoices', async ({ query }) =>
      service.page(Number(query.from)),
    );
    app.get<{ Params: { id: string } }>('/invoices/:id', async ({ params }) => {
      await delay(2);
      return service.find(Number(params.id));
    });
    app.put<{ Params: { id: string }; Body: { state: string; actor: string } }>(
      '/invoices/:id/state',
      async function changeState({ params, body }) {
        await delay(3);
        return service.setState(Number(params.id), body.state, body.actor);
      },
    );
    app.get('/audit/size', async () => ({ entries: service.auditLength }));
  },
};
