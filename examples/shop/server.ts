import { tidemark } from '../../plugins/tidemark.js';
import { buildShop } from './app.js';

/** `HOST` and `PORT` set the address, `SHOP_LEAK=false` serves the shop without its planted leak. */
const { HOST = '127.0.0.1', PORT = '3000', SHOP_LEAK = 'true' } = process.env;

const app = await buildShop({
  leak: SHOP_LEAK !== 'false',
  prepare: async (app) => {
    await app.register(tidemark);
  },
});

async function close(): Promise<void> {
  await app.close();
  if (process.connected) process.disconnect();
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void close());
// If the demo started the shop, the shop exits when the demo has ended, for whatever reason.
if (process.connected) process.once('disconnect', () => void close());

const address = await app.listen({ host: HOST, port: Number(PORT) });
console.log(`The shop is open at ${address}`);
