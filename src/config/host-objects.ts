/** What a caller may do: `read` answers, or `operate`, which also collects, profiles and writes. */
export type Role = 'read' | 'operate';

/** The part of a request that every Fastify request has; the core does not import Fastify. */
export interface AuthorizationRequest {
  readonly method: string;
  readonly url: string;
  readonly ip: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export type AuthorizationAnswer = Role | boolean;

// A method signature, because its parameter is compared bivariantly: the host application may annotate its
// function's parameter as the fuller FastifyRequest.
interface AuthorizationHost {
  authorize(request: AuthorizationRequest): AuthorizationAnswer | Promise<AuthorizationAnswer>;
}

/** The host application's own answer to "may this caller see diagnostics, and as what". */
export type Authorize = AuthorizationHost['authorize'];

/** What `@fastify/rate-limit` needs of a Redis client; ioredis has it. */
export interface RedisClient {
  defineCommand(name: string, definition: { lua: string; numberOfKeys?: number }): unknown;
}
