import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type, type Static, type TObject, type TProperties, type TSchema } from 'typebox';
import type { Runtime } from '../../src/runtime/runtime.js';
import { Format } from '../../src/answers/common.js';
import type { Answers } from './media.js';
import { openRefusals, refusals } from './refusals.js';

export type RouteModule = (app: FastifyInstance, runtime: Runtime) => void;

interface Input<Query extends TProperties, Params extends TProperties, Body extends TProperties> {
  Querystring: Static<TObject<Query>>;
  Params: Static<TObject<Params>>;
  Body: Static<TObject<Body>> | null | undefined;
}

/** A diagnostics route: its purpose, cost, input, answer, and the one call it makes. */
export interface RouteDeclaration<
  Query extends TProperties,
  Params extends TProperties,
  Body extends TProperties,
> extends NonNullable<FastifyContextConfig['tidemark']> {
  /** GET by default. */
  readonly method?: 'POST' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  /** Starts with the cost. */
  readonly description: string;
  readonly tag?: 'snapshots';
  /** Default: only `format`. */
  readonly query?: Query;
  readonly params?: Params;
  /** May be omitted. */
  readonly body?: Body;
  /** Besides the refusals of every route. */
  readonly response: Readonly<Record<number, Answers | TSchema>>;
  handle(runtime: Runtime, request: FastifyRequest<Input<Query, Params, Body>>, reply: FastifyReply): unknown;
}

/** The query of a route that answers JSON, or text for a terminal. */
export const formatQuery = { format: Type.Optional(Format) };

/** The same for an answer that belongs into a ticket as well. */
export const documentQuery = {
  format: Type.Optional(
    Type.Enum(['json', 'text', 'md'], {
      type: 'string',
      description: 'json by default; text is for a terminal, as is Accept: text/plain; md for a ticket',
    }),
  ),
};

const closed = { additionalProperties: false };

export function route<
  Query extends TProperties = typeof formatQuery,
  // Undeclared parts have no fields.
  Params extends TProperties = Record<never, never>,
  Body extends TProperties = Record<never, never>,
>(declaration: RouteDeclaration<Query, Params, Body>): RouteModule {
  const {
    method = 'GET',
    path,
    summary,
    description,
    tag = 'diagnostics',
    query,
    params,
    body,
  } = declaration;
  const { response, handle, ...rest } = declaration;
  const { role, expensive, expensiveWhen, operateWhen, blocks } = rest;
  return (app, runtime) => {
    app.route<Input<Query, Params, Body>>({
      method,
      url: path,
      config: {
        tidemark: {
          ...(role && { role }),
          ...(expensive !== undefined && { expensive }),
          ...(expensiveWhen && { expensiveWhen }),
          ...(operateWhen && { operateWhen }),
          ...(blocks && { blocks }),
        },
      },
      schema: {
        summary,
        description,
        tags: [tag],
        querystring: Type.Object(query ?? formatQuery, closed),
        ...(params && { params: Type.Object(params) }),
        ...(body && { body: Type.Object(body, closed) }),
        response: { ...response, ...(role === undefined ? openRefusals : refusals) },
      },
      handler: async (request, reply) => handle(runtime, request, reply),
    });
  };
}
