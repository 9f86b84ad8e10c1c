import { isIP } from 'node:net';
import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify';
import { TidemarkError } from '../../src/base/errors.js';
import { parseExportRule, type ExportRule } from '../../src/exports/export-rule.js';
import type { Limiter } from './limiter.js';

const MAX_KEY_LENGTH = 64;

/**
 * Identifies a client of the application: `request.ip`, so that the host's `trustProxy` counts, and the /64 of an IPv6
 * client. Under a trusting proxy setting the address is whatever a header says, so it is truncated; on a Unix socket
 * there is none (the package's own key generator throws there).
 */
function clientKey(request: FastifyRequest): string {
  const ip: string | undefined = request.ip;
  if (ip === undefined) return 'unix';
  return isIP(ip) === 0 ? ip.slice(0, MAX_KEY_LENGTH).toLowerCase() : normalizeIP(ip);
}

/**
 * `GET /orders/:id`, `GET,POST /orders`: how messages and counters name a route. A HEAD route is named after its GET.
 */
function routeName({ method, url }: RouteOptions): string {
  const methods = [method].flat().map((one) => (one === 'HEAD' ? 'GET' : one));
  return `${[...new Set(methods)].join(',')} ${url}`;
}

/** The HEAD route that Fastify makes of a GET runs the same handler: same counter, if it has the same limit. */
function counterName(route: RouteOptions, { max, timeWindowMs }: ExportRule): string {
  const constraints = Object.entries(route.constraints ?? {}).map(
    ([name, value]) => ` ${name}=${String(value)}`,
  );
  return `export:${routeName(route)}${constraints.join('')} ${max}/${timeWindowMs}`;
}

/**
 * Guards the host's own routes that request it with `config.export`: a limit per route and client. Other routes get no
 * hook; routes registered earlier are not seen. An invalid value stops start-up with `TIDEMARK_ERR_CONFIG_INVALID`
 * naming the route.
 */
export function guardExports(
  app: FastifyInstance,
  limiter: Limiter,
  { max, timeWindowSeconds }: { readonly max: number; readonly timeWindowSeconds: number },
): void {
  const defaults = { max, timeWindowMs: Math.trunc(timeWindowSeconds * 1000) };
  app.addHook('onRoute', (route) => {
    const asked = parseExportRule(route.config?.export, defaults, `${routeName(route)} config.export`);
    if (!asked.asked) return;
    if ('problems' in asked) {
      throw new TidemarkError('TIDEMARK_ERR_CONFIG_INVALID', { details: asked.problems });
    }
    const name = counterName(route, asked.rule);
    limiter.limit(route, { name, ...asked.rule, refusal: 'TIDEMARK_ERR_EXPORT_RATE', keyOf: clientKey });
  });
}
