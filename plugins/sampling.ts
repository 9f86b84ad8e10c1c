import type { FastifyInstance } from 'fastify';
import type { Core } from '../src/core.js';

/** Ticks the core while the application lives; the timer alone never keeps the process alive. */
export function keepSampling(app: FastifyInstance, core: Core, intervalSeconds: number): void {
  const ticking = new Set<Promise<void>>();
  let starting: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const tick = (): void => {
    const running = core
      .tick()
      .catch((error: unknown) => app.log.warn({ err: error }, 'tidemark: a sample was missed'))
      .finally(() => ticking.delete(running));
    ticking.add(running);
  };

  app.addHook('onReady', async () => {
    starting = core.start();
    await starting;
    timer = setInterval(tick, intervalSeconds * 1000);
    timer.unref();
  });
  app.addHook('onClose', async () => {
    // An application may be closed while it still starts; what starts after the stop would never be stopped.
    await starting?.catch(() => undefined);
    clearInterval(timer);
    await Promise.all(ticking);
    await core.stop();
  });
}
