import type { FastifyInstance } from 'fastify';
import type { Core } from '../../src/runtime/core.js';

/** Ticks the core while the application lives; the timer alone never keeps the process alive. */
export function keepSampling(app: FastifyInstance, core: Core, intervalSeconds: number): void {
  const ticking = new Set<Promise<void>>();
  let starting: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const tick = (): void => {
    const running = core
      .tick()
      .catch((error: unknown) => app.log.warn({ err: error }, 'tidemark: a sample was missed'))
      .finally(() => ticking.delete(running));
    ticking.add(running);
  };

  app.addHook('onReady', async () => {
    // Fastify runs these hooks for an application that was closed while it started, too.
    if (closed) return;
    starting = core.start();
    await starting;
    timer = setInterval(tick, intervalSeconds * 1000);
    timer.unref();
  });
  // The server waits for its requests to end before onClose hooks run.
  app.addHook('preClose', async () => core.endWaits());
  app.addHook('onClose', async () => {
    closed = true;
    await starting?.catch(() => undefined);
    clearInterval(timer);
    // Stopping first ends what a tick waits for; what a tick still paid is written last.
    await core.stop();
    await Promise.all(ticking);
    await core.budget.flush();
  });
}
