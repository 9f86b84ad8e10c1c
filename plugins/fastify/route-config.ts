import type { FastifyRequest } from 'fastify';
import type { Block } from '../../src/answers/render/block.js';
import type { Role } from '../../src/access/roles.js';
import type { ExportRouteConfig } from '../../src/exports/export-rule.js';

/** What a diagnostics route declares about itself; the guards read nothing else, in particular no URL. */
export interface TidemarkRouteConfig {
  /** Who may call it. A route without a role is open. */
  readonly role?: Role;
  /** Requests of which this is true need the role `operate`, whatever the others need. Asked before validation, and after it for the audit. */
  readonly operateWhen?: (request: FastifyRequest) => boolean;
  /** Names the operation of a route that is limited by rate; routes of one name share a counter. */
  readonly expensive?: string;
  /** Limits only requests of which this is true; without it all. */
  readonly expensiveWhen?: (request: FastifyRequest) => boolean;
  /** How its answer is laid out where a text, Markdown or a page is asked for. */
  readonly blocks?: (answer: never) => readonly Block[];
}

/** The role that a request needs; none for an open route. */
export function roleFor(
  request: FastifyRequest,
  { role, operateWhen }: TidemarkRouteConfig,
): Role | undefined {
  return operateWhen?.(request) === true ? 'operate' : role;
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
