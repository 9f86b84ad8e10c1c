/** What a caller may do: `read` answers, or `operate`, which also collects, profiles and writes. */
export type Role = 'read' | 'operate';

/** The part of a Fastify request that is needed here; only `plugins/` imports Fastify. */
export interface AuthorizationRequest {
  readonly method: string;
  readonly url: string;
  readonly ip: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export type AuthorizationAnswer = Role | boolean;

// A method signature, because its parameter is compared bivariantly: the application may declare its function's
// parameter as the full FastifyRequest.
interface AuthorizationHost {
  authorize(request: AuthorizationRequest): AuthorizationAnswer | Promise<AuthorizationAnswer>;
}

/** The application's own decision whether a caller may see diagnostics, and in which role. */
export type Authorize = AuthorizationHost['authorize'];

/** What `@fastify/rate-limit` needs of a Redis client; ioredis has it. */
export interface RedisClient {
  defineCommand(name: string, definition: { lua: string; numberOfKeys?: number }): unknown;
}
