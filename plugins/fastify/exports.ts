import type { FastifyInstance, onRequestAsyncHookHandler, RouteOptions } from 'fastify';
import { TidemarkError } from '../../src/base/errors.js';
import { parseExportRule, type ExportRule } from '../../src/exports/export-rule.js';
import { systemClock, type Clock } from '../../src/base/clock.js';
import { clientKey } from './client-key.js';
import { limitHook } from './limit-hook.js';
import { createLimiter } from './limiter.js';
import { addOnRequest, routeName } from './route-hooks.js';

export type { ExportRouteConfig } from '../../src/exports/export-rule.js';

/** The part of the resolved options that export-style routes get unless they say otherwise. */
export interface ExportOptions {
  readonly exports: { readonly max: number; readonly timeWindowSeconds: number };
  readonly rateLimit?: { readonly redis?: unknown };
}

/** The HEAD route that Fastify makes of a GET runs the same handler: same counter, if it asks for the same limit. */
function counterName(route: RouteOptions, { max, timeWindowMs }: ExportRule): string {
  const constraints = Object.entries(route.constraints ?? {}).map(
    ([name, value]) => ` ${name}=${String(value)}`,
  );
  return `${routeName(route)}${constraints.join('')} ${max}/${timeWindowMs}`;
}

/**
 * Guards the host's own routes that ask for it with `config.export`: a limit for each route and client. Routes that do
 * not ask get no hook; routes registered before this are not seen. A wrong value stops start-up with
 * `TIDEMARK_ERR_CONFIG_INVALID` naming the route.
 */
export function registerExportGuard(
  app: FastifyInstance,
  options: ExportOptions,
  clock: Clock = systemClock,
): void {
  const { max, timeWindowSeconds } = options.exports;
  const defaults = { max, timeWindowMs: timeWindowSeconds * 1000 };
  const limiter = createLimiter({
    clock,
    redis: options.rateLimit?.redis,
    onStoreError: (err) => app.log.warn({ err }, 'tidemark: rate-limit store failed, the local limit holds'),
  });
  const hooks = new Map<string, onRequestAsyncHookHandler>();

  app.addHook('onRoute', (route) => {
    const asked = parseExportRule(route.config?.export, defaults, `${routeName(route)} config.export`);
    if (!asked.asked) return;
    if ('problems' in asked) {
      throw new TidemarkError('TIDEMARK_ERR_CONFIG_INVALID', { details: asked.problems });
    }
    const name = counterName(route, asked.rule);
    let hook = hooks.get(name);
    if (hook === undefined) {
      const limit = limiter.add({ name: `export:${name}`, ...asked.rule, keyOf: clientKey });
      hook = limitHook(limit, 'TIDEMARK_ERR_EXPORT_RATE');
      hooks.set(name, hook);
    }
    addOnRequest(route, hook);
  });
  app.addHook('onReady', () => limiter.start());
  app.addHook('onClose', () => limiter.stop());
}
