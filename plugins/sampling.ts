import type { FastifyInstance } from 'fastify';
import type { Core } from '../src/core.js';

/** Ticks the core while the application lives; the timer alone never keeps the process alive. */
export function keepSampling(app: FastifyInstance, core: Core, intervalSeconds: number): void {
  let timer: NodeJS.Timeout | undefined;
  app.addHook('onReady', async () => {
    await core.start();
    timer = setInterval(() => {
      core.tick().catch((error: unknown) => app.log.warn({ err: error }, 'tidemark: a sample was missed'));
    }, intervalSeconds * 1000);
    timer.unref();
  });
  app.addHook('onClose', async () => {
    clearInterval(timer);
    await core.stop();
  });
}
