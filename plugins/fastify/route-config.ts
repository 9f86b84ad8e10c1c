import type { FastifyRequest } from 'fastify';
import type { Block } from '../../src/answers/render/block.js';
import type { Role } from '../../src/access/roles.js';
import type { ExportRouteConfig } from '../../src/exports/export-rule.js';

/** What a diagnostics route declares about itself; guards read nothing else, in particular no URL. */
export interface TidemarkRouteConfig {
  /** Who may call it. A route without a role is open. */
  readonly role?: Role;
  /**
   * Requests for which this is true need the role `operate`, whatever the others need. Called before validation, and
   * again after it for the audit.
   */
  readonly operateWhen?: (request: FastifyRequest) => boolean;
  /** Names the operation of a rate-limited route; routes with the same name share a counter. */
  readonly expensive?: string;
  /** Limits only requests for which this is true; all by default. */
  readonly expensiveWhen?: (request: FastifyRequest) => boolean;
  /** Layout of its answer as text, Markdown or a page. */
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
    /** Enables the export guard: a limit per client and route. */
    export?: ExportRouteConfig;
  }

  /** As @fastify/swagger declares them; the OpenAPI document is made from these. */
  interface FastifySchema {
    summary?: string;
    description?: string;
    tags?: readonly string[];
  }
}
