import { isIP } from 'node:net';
import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';

const maxKeyLength = 64;

/**
 * Who a client of the application is: `request.ip`, so that the host's `trustProxy` counts, with an IPv6 client known by
 * its /64. Behind a trusting proxy setting the address is whatever a header says, so that it is cut; on a Unix socket
 * there is none (the package's own key generator throws there).
 */
export function clientKey(request: FastifyRequest): string {
  const ip: string | undefined = request.ip;
  if (ip === undefined) return 'unix';
  return isIP(ip) === 0 ? ip.slice(0, maxKeyLength).toLowerCase() : normalizeIP(ip);
}
