import { once } from 'node:events';
import Fastify from 'fastify';
import { tidemark, type TidemarkOptions } from '../../plugins/tidemark.js';

/** A shop whose carts are never emptied, each with a secret in it, in a process with nothing else in its heap. */
const app = Fastify({ forceCloseConnections: true });
await app.register(tidemark, JSON.parse(process.argv[2] ?? '{}') as TidemarkOptions & { prefix: string });
const secret = process.argv[3];
const carts = new Map<string, object>();

app.post<{ Querystring: { count: string } }>('/carts', async ({ query }) => {
  for (let i = 0; i < Number(query.count); i += 1) {
    const id = `cart-${carts.size}`;
    const lines = Array.from({ length: 40 }, (_, row) => ({ row }));
    carts.set(id, { id, password: `${secret}-${carts.size}`, lines });
  }
  return { carts: carts.size };
});

process.on('message', (question) => {
  if (question === 'holders') process.send!(app.tidemarkParts.snapshots!.deep.holders);
  else if (question === 'close') void app.close().then(() => process.send!('closed'));
  else process.disconnect();
});
process.send!(await app.listen({ port: 0, host: '127.0.0.1' }));
await once(process, 'disconnect');
await app.close();
