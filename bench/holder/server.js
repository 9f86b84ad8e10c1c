import Fastify from 'fastify';

const [settings = '{}'] = process.argv.slice(2);
const { build, stateDirectory } = JSON.parse(settings);
const { tidemark } = await import(build);
const app = Fastify({ forceCloseConnections: true });
await app.register(tidemark, {
  stateDirectory,
  rateLimit: { max: 1_000_000 },
  cost: { pauseBudgetMsPerHour: 3_600_000, maxEventLoopUtilization: 1 },
});

/** The planted leak: nothing is ever removed. */
const sessions = new Map();
const articles = Array.from({ length: 2_000 }, (_, id) => ({ id, title: `Article ${id}`, tags: ['a', 'b'] }));

app.post('/sessions', async () => {
  const id = `session-${sessions.size}`;
  sessions.set(id, { id, rights: Array.from({ length: 20 }, (_, right) => ({ right })) });
  return { id };
});
app.get('/:n', async () => articles.slice(0, 20));
process.on('disconnect', () => process.exit());
process.send?.({ url: await app.listen({ port: 0, host: '127.0.0.1' }) });
