import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** Full collections needed until memory freed by weak callbacks is gone too. */
const COLLECTIONS = 4;

async function settledMemory() {
  if (globalThis.gc === undefined) throw new Error('Start the server with --expose-gc to measure its memory');
  for (let i = 0; i < COLLECTIONS; i += 1) {
    globalThis.gc();
    await sleep(50);
  }
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  return { rssBytes: rss, heapUsedBytes: heapUsed, externalBytes: external, arrayBuffersBytes: arrayBuffers };
}

function cpu() {
  const { user, system } = process.cpuUsage();
  return { cpuMicros: user + system, userMicros: user, systemMicros: system };
}

/** @param {object} answer */
function tell(answer) {
  process.send?.(answer);
}

/**
 * Listens on an ephemeral port, reports it to the parent, and answers the parent's questions (see server-process.js)
 * until the parent stops it or exits.
 * @param {import('fastify').FastifyInstance} app
 * @param {() => number | null | Promise<number | null>} counted Number of requests that the plugin has recorded.
 * @param {Record<string, (question: any) => Promise<object>>} [more] Answers to further questions, by type.
 */
export async function serveUntilStopped(app, counted, more = {}) {
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  /** @param {import('./server-process.js').Question} question */
  const answer = async (question) => {
    const { type } = question;
    const own = more[type];
    if (own !== undefined) return own(question);
    if (type === 'cpu') return cpu();
    if (type === 'memory') return settledMemory();
    return { requests: await counted() };
  };
  process.on('message', (message) => {
    const question = /** @type {import('./server-process.js').Question} */ (message);
    if (question.type === 'stop') return process.disconnect?.();
    answer(question).then(tell, (error) => tell({ error: String(error) }));
    return undefined;
  });
  tell({ port: new URL(origin).port });
  await once(process, 'disconnect');
  app.server.closeAllConnections();
  await app.close();
  process.exit(0);
}
