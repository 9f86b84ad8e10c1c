import type { FastifyInstance } from 'fastify';

/**
 * Says at start-up what routes registered before the plugin go without: Fastify shows a route to `onRoute` hooks once,
 * when it is registered. (Lifecycle hooks do reach them, so their requests are recorded.)
 */
export function warnOfEarlierRoutes(app: FastifyInstance): void {
  // A public list of routes does not exist; the printed tree has one line a path, methods in parentheses.
  const paths = app.printRoutes({ commonPrefix: false }).match(/ \([A-Z, ]+\)/g)?.length ?? 0;
  if (paths === 0) return;
  app.log.warn(
    { paths },
    'tidemark: routes were registered before it. Their requests are recorded, but memory they keep is linked to them ' +
      'only through calls, and config.export does not guard them; register tidemark first',
  );
}
