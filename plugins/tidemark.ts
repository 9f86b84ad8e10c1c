import { readFile } from 'node:fs/promises';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { ResolvedOptions, TidemarkOptions } from '../src/config/options.js';
import { resolveOptions } from '../src/config/resolve.js';
import { createCore } from '../src/runtime/core.js';
import { TidemarkError } from '../src/base/errors.js';
import type { Pending } from '../src/answers/snapshots/pending.js';
import { createSnapshotService } from '../src/snapshot/service/service.js';
import { createMetrics } from '../src/metrics/registry.js';
import type { CurlTarget } from '../src/answers/curl-step.js';
import { servedDocument } from '../src/answers/openapi.js';
import { createTidemark, type Answer, type Tidemark } from '../src/runtime/tidemark.js';
import { gcRoute } from '../routes/gc.js';
import { healthRoute } from '../routes/health.js';
import { historyRoute } from '../routes/history.js';
import { leakDetectionRoute } from '../routes/leak-detection.js';
import { metricsRoute } from '../routes/metrics.js';
import { openapiRoute } from '../routes/openapi.js';
import { operationRoutes } from '../routes/operations.js';
import { optimizeRoute } from '../routes/optimize.js';
import { pprofRoutes } from '../routes/pprof.js';
import { profileRoute } from '../routes/profile.js';
import { profileSessionRoutes } from '../routes/profile-sessions.js';
import { reportRoute } from '../routes/report.js';
import { routesRoute } from '../routes/routes.js';
import { snapshotRoutes } from '../routes/snapshots.js';
import { statsRoute } from '../routes/stats.js';
import { createRecording } from '../src/requests/recording.js';
import { createAccessGuard, type AccessGuard } from './fastify/access.js';
import { serveDiagnostics, type RouteModule } from './fastify/diagnostics.js';
import { warnOfEarlierRoutes } from './fastify/earlier-routes.js';
import { registerExportGuard } from './fastify/exports.js';
import { manageElsewhere } from './fastify/management.js';
import { recordRequests } from './fastify/recording-hooks.js';
import { keepSampling } from './fastify/sampling.js';
import './fastify/route-config.js';

declare module 'fastify' {
  interface FastifyInstance {
    tidemark: Tidemark;
  }
  interface FastifyRequest {
    /** Where the commands in an answer should point. */
    curlTarget(): CurlTarget;
  }
  interface FastifyReply {
    /** Answers with what was found, or 202 and the operation that finds it. */
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
  profileRoute,
  profileSessionRoutes,
  pprofRoutes,
  reportRoute,
  optimizeRoute,
  snapshotRoutes,
  operationRoutes,
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
 * @throws TidemarkError TIDEMARK_ERR_CONFIG_INVALID, with everything that is wrong
 */
async function plugin(app: FastifyInstance, input: TidemarkOptions): Promise<void> {
  if (app.hasDecorator('tidemark')) throw new TidemarkError('TIDEMARK_ERR_PLUGIN_REGISTERED_TWICE');
  const options = resolveOptions(input, process.env);
  const core = createCore(options, { log: app.log });
  const metrics = options.metrics.enabled ? createMetrics(core, options.metrics) : undefined;
  const access = createAccessGuard(options);
  const openapi = async (): Promise<Answer> => servedDocument(await readOpenapi(), options);
  const snapshots = options.snapshots.enabled ? createSnapshotService(core, app.log) : undefined;
  app.decorate('tidemark', createTidemark({ core, metrics, openapi, snapshots }));

  warnOfEarlierRoutes(app);
  if (core.recorder !== undefined) {
    const { recorder, deep, handlers } = core;
    const recording = createRecording({ recorder, deep, exclude: options.requests.exclude });
    recordRequests(app, { recording, handlers, maySeeHeaders: headerReaders(options, access) });
  }
  registerExportGuard(app, options);

  const serve = (server: FastifyInstance): void => {
    const hang = (routes: readonly RouteModule[], prefix: string): void =>
      void server.register(async (scope) => serveDiagnostics(scope, { options, access, routes }), { prefix });
    // The path of the metrics is its own, so that a scraper's configuration outlives a change of the prefix.
    if (metrics !== undefined) hang([metricsRoute], '');
    hang(routes, options.prefix);
  };
  if (options.listen === undefined) serve(app);
  else manageElsewhere(app, options.listen, serve);

  keepSampling(app, core, options.history.intervalSeconds);
  if (metrics !== undefined) app.addHook('onClose', async () => metrics.close());
  if (snapshots !== undefined) {
    app.addHook('onReady', async () => snapshots.start());
    app.addHook('onClose', async () => snapshots.close());
  }
}

/** Who sees memory headers; undefined when nobody does. */
function headerReaders(
  { responseHeaders, requests }: ResolvedOptions,
  access: AccessGuard,
): ((request: FastifyRequest) => boolean | Promise<boolean>) | undefined {
  if (responseHeaders === 'never' || !requests.heapDelta) return undefined;
  return responseHeaders === 'always' ? () => true : (request) => access.isAuthorized(request);
}

async function readOpenapi(): Promise<Record<string, unknown>> {
  const text = await readFile(new URL('../../docs/openapi.json', import.meta.url), 'utf8');
  return JSON.parse(text) as Record<string, unknown>;
}

const tidemark = fp(plugin, { name: 'tidemark', fastify: '5.x' });

export { tidemark as default, tidemark, tidemark as 'module.exports' };
export type { Tidemark, TidemarkOptions };
export { TidemarkError } from '../src/base/errors.js';
