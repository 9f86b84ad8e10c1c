import type { FastifyRequest } from 'fastify';
import type { Role } from '../../src/access/roles.js';
import type { CurlTarget } from '../../src/answers/curl-step.js';

/** How this request reached the diagnostics. What goes into a shell command is checked, because a client chose it. */
export function curlTargetOf(request: FastifyRequest, prefix: string, role: Role | undefined): CurlTarget {
  const host = /^[\w.:[\]-]+$/.test(request.host) ? request.host : 'localhost';
  return {
    base: `${request.protocol}://${host}${prefix}`,
    usesToken: request.headers.authorization !== undefined,
    ...(role !== undefined && { role }),
  };
}
