import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import type { ResolvedOptions, TidemarkOptions } from '../src/config/options.js';
import { resolveOptions } from '../src/config/resolve.js';
import { createRuntime, type Runtime } from '../src/runtime/runtime.js';
import { TidemarkError } from '../src/base/errors.js';
import type { Pending } from '../src/answers/operations/build.js';
import type { Tidemark } from '../src/runtime/tidemark.js';
import { gcRoute } from '../routes/gc.js';
import { healthRoute } from '../routes/health.js';
import { historyRoute } from '../routes/history.js';
import { leakDetectionRoute } from '../routes/leak-detection.js';
import { metricsRoute } from '../routes/metrics.js';
import { openapiRoute } from '../routes/openapi.js';
import { cancelOperationRoute } from '../routes/operations/cancel.js';
import { operationRoute } from '../routes/operations/get.js';
import { operationsRoute } from '../routes/operations/list.js';
import { optimizeRoute } from '../routes/optimize.js';
import { allocsPprofRoute, heapPprofRoute } from '../routes/pprof.js';
import { profileRoute } from '../routes/profile.js';
import { compareProfileSessionsRoute } from '../routes/profile-sessions/compare.js';
import { profileSessionRoute } from '../routes/profile-sessions/get.js';
import { profileSessionsRoute } from '../routes/profile-sessions/list.js';
import { followRetentionRoute } from '../routes/retention/follow.js';
import { newestRetentionRoute } from '../routes/retention/newest.js';
import { reportRoute } from '../routes/report.js';
import { routesRoute } from '../routes/routes.js';
import { snapshotAnalysisRoute } from '../routes/snapshots/analysis.js';
import { compareSnapshotsRoute } from '../routes/snapshots/compare.js';
import { deleteSnapshotRoute } from '../routes/snapshots/delete.js';
import { downloadSnapshotRoute } from '../routes/snapshots/download.js';
import { snapshotRoute } from '../routes/snapshots/get.js';
import { snapshotsRoute } from '../routes/snapshots/list.js';
import { snapshotPreflightRoute } from '../routes/snapshots/preflight.js';
import { takeSnapshotRoute } from '../routes/snapshots/take.js';
import { statsRoute } from '../routes/stats.js';
import { createAccessGuard, type AccessGuard } from './fastify/access.js';
import { serveDiagnostics } from './fastify/diagnostics.js';
import type { RouteModule } from '../routes/schemas/route.js';
import { guardExports } from './fastify/exports.js';
import { createLimiter } from './fastify/limiter.js';
import { manageElsewhere } from './fastify/management.js';
import { recordRequests, type HeaderReaders } from './fastify/recording-hooks.js';
import './fastify/route-config.js';

declare module 'fastify' {
  interface FastifyInstance {
    tidemark: Tidemark;
    /** Internals, for extending or testing the plugin; not part of its API. */
    tidemarkParts: Runtime & { managementUrl: string | undefined };
  }
  interface FastifyReply {
    /** Answers with the result, or 202 and the operation that produces it. */
    sendPending(pending: Pending): FastifyReply;
  }
}

const routes: readonly RouteModule[] = [
  healthRoute,
  statsRoute,
  historyRoute,
  routesRoute,
  leakDetectionRoute,
  gcRoute,
  newestRetentionRoute,
  followRetentionRoute,
  profileRoute,
  profileSessionsRoute,
  profileSessionRoute,
  compareProfileSessionsRoute,
  heapPprofRoute,
  allocsPprofRoute,
  reportRoute,
  optimizeRoute,
  snapshotPreflightRoute,
  takeSnapshotRoute,
  snapshotsRoute,
  snapshotRoute,
  deleteSnapshotRoute,
  downloadSnapshotRoute,
  snapshotAnalysisRoute,
  compareSnapshotsRoute,
  operationsRoute,
  operationRoute,
  cancelOperationRoute,
  openapiRoute,
];

/**
 * Lets a running server explain its own memory.
 *
 * @example
 * ```ts
 * await app.register(tidemark);
 * // curl http://127.0.0.1:3000/memory/leak-detection?format=text
 * ```
 * @throws TidemarkError TIDEMARK_ERR_CONFIG_INVALID, listing every fault
 */
async function plugin(app: FastifyInstance, input: TidemarkOptions): Promise<void> {
  if (app.hasDecorator('tidemark')) throw new TidemarkError('TIDEMARK_ERR_PLUGIN_REGISTERED_TWICE');
  const options = resolveOptions(input, process.env);
  const runtime = createRuntime(options, { log: app.log });
  const { tidemark, metrics } = runtime;
  const { recording, windows } = runtime.sensors;
  const access = createAccessGuard(options);
  app.decorate('tidemark', tidemark);
  app.decorate('tidemarkParts', { ...runtime, managementUrl: undefined });

  warnOfEarlierRoutes(app);
  if (recording !== undefined) {
    recordRequests(app, { recording, windows, headers: headerReaders(options, access) });
  }
  const limiter = await createLimiter(app, options.rateLimit);
  guardExports(app, limiter, options.exports);

  const serve = (server: FastifyInstance): void => {
    const hang = (routes: readonly RouteModule[], prefix: string): void =>
      void server.register(
        async (scope) => serveDiagnostics(scope, { options, runtime, access, limiter, routes }),
        {
          prefix,
        },
      );
    // The metrics have their own path, so that a scraper's configuration survives a change of the prefix.
    if (metrics !== undefined) hang([metricsRoute], '');
    hang(routes, options.prefix);
  };
  if (options.listen === undefined) serve(app);
  else await manageElsewhere(app, options.listen, serve);

  app.addHook('onReady', async () => runtime.start());
  // The server waits for its requests to end before onClose hooks run.
  app.addHook('preClose', async () => runtime.endWaits());
  app.addHook('onClose', async () => runtime.stop());
}

/**
 * Warns at start-up what routes registered before the plugin lack: Fastify shows a route to `onRoute` hooks once, when
 * it is registered. (Lifecycle hooks do reach them, so their requests are recorded.)
 */
function warnOfEarlierRoutes(app: FastifyInstance): void {
  // There is no public list of routes; the printed tree has one line a path, methods in parentheses.
  const paths = app.printRoutes({ commonPrefix: false }).match(/ \([A-Z, ]+\)/g)?.length ?? 0;
  if (paths === 0) return;
  app.log.warn(
    { paths },
    'tidemark: routes were registered before it. Their requests are recorded, but memory they keep is linked to them ' +
      'only through calls, and config.export does not guard them; register tidemark first',
  );
}

/** Who sees memory headers; undefined if nobody does. */
function headerReaders(
  { responseHeaders, requests }: ResolvedOptions,
  access: AccessGuard,
): HeaderReaders | undefined {
  if (responseHeaders === 'never' || !requests.heapDelta) return undefined;
  if (responseHeaders === 'always') return { mayBeShown: () => true, isShown: () => true };
  return {
    mayBeShown: (request) => access.mayBeAuthorized(request),
    isShown: (request) => access.isAuthorized(request),
  };
}

const tidemark = fp(plugin, { name: 'tidemark', fastify: '5.x' });

export { tidemark as default, tidemark, tidemark as 'module.exports' };
export type { Tidemark, TidemarkOptions };
export { TidemarkError } from '../src/base/errors.js';
