import type { FastifyRequest } from 'fastify';
import type { Role } from '../src/access/roles.js';
import type { ExportRouteConfig } from '../src/exports/export-rule.js';

/** What a diagnostics route declares about itself; the guards read nothing else, in particular no URL. */
export interface TidemarkRouteConfig {
  /** Who may call it. A route without a role is open. */
  readonly role?: Role;
  /** Names the operation of a route that is limited by rate; routes of one name share a counter. */
  readonly expensive?: string;
  /** Limits only requests of which this is true; without it all. */
  readonly expensiveWhen?: (request: FastifyRequest) => boolean;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    tidemark?: TidemarkRouteConfig;
    /** Asks for the export guard: a limit per client and route. */
    export?: ExportRouteConfig;
  }

  /** As @fastify/swagger declares them; the OpenAPI document is made of these. */
  interface FastifySchema {
    summary?: string;
    description?: string;
    tags?: readonly string[];
  }
}
