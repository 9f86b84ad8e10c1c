import type { FastifyReply, FastifyRequest } from 'fastify';
import { hostOf, isServedHost } from '../../src/access/host.js';
import { isCrossSite } from '../../src/access/origin.js';
import { isDirectLoopback, isLoopbackAddress, type RequestHeaders } from '../../src/access/peer.js';
import { roleAllows, type Role } from '../../src/access/roles.js';
import { bearerToken, createTokenVerifier, type AccessToken } from '../../src/access/tokens.js';
import { TidemarkError, type ErrorCode } from '../../src/base/errors.js';
import { roleFor, type TidemarkRouteConfig } from './route-config.js';

/** The resolved options that decide who may call. */
export interface AccessOptions {
  readonly token: readonly AccessToken[];
  readonly allowedHosts: readonly string[];
  /** Returns a role, `true` for both roles, `false` for none; anything else counts as none. */
  readonly authorize?: (request: FastifyRequest) => unknown;
}

/** The admitted caller. */
export interface Caller {
  readonly kind: 'token' | 'loopback' | 'authorize';
  /** The token's name, `loopback` or `authorize`. */
  readonly name: string;
  readonly role: Role;
  /** Digest of the token, else the peer's address. */
  readonly key: string;
}

export interface AccessGuard {
  /** An `onRequest` hook: refuses callers who lack the role that the route's config declares. */
  onRequest(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /**
   * Whether the caller of any route may read diagnostics, for memory headers on the application's own answers.
   * Synchronous unless `authorize` is called; never throws or rejects.
   */
  isAuthorized(request: FastifyRequest): boolean | Promise<boolean>;
  /** False only if {@link AccessGuard.isAuthorized} will be false; takes 0.05 µs for a client behind a proxy. */
  mayBeAuthorized(request: FastifyRequest): boolean;
  /** The caller that {@link AccessGuard.onRequest} admitted. */
  callerOf(request: FastifyRequest): Caller | undefined;
  /** Identifies the caller in rate limits, even where anyone may call. */
  keyOf(request: FastifyRequest): string;
}

/**
 * The address at the other end of the socket; never `request.ip`, which trusts headers if `trustProxy` is set. None
 * for Unix sockets and closed connections.
 */
export function peerAddress(request: FastifyRequest): string | undefined {
  try {
    return request.raw.socket.remoteAddress;
  } catch {
    // A destroyed HTTP/2 session has no socket.
    return undefined;
  }
}

/** Whether this server listens on a Unix socket (or a named pipe), so that a peer without an address is local. */
function listensOnUnixSocket(request: FastifyRequest): boolean {
  return typeof request.server.server.address() === 'string';
}

function isLocal(request: FastifyRequest): boolean {
  const remoteAddress = peerAddress(request);
  if (remoteAddress !== undefined && !isLoopbackAddress(remoteAddress)) return false;
  const { headers, httpVersion } = request.raw;
  return isDirectLoopback({
    remoteAddress,
    headers,
    httpVersion,
    unixSocket: remoteAddress === undefined && listensOnUnixSocket(request),
  });
}

function roleOf(answer: unknown): Role | undefined {
  if (answer === true) return 'operate';
  return answer === 'read' || answer === 'operate' ? answer : undefined;
}

function peerKey(request: FastifyRequest): string {
  return `peer:${peerAddress(request) ?? 'unix'}`;
}

type Ask = NonNullable<AccessOptions['authorize']>;

/** The role that the host's function grants; none if it fails, which is logged at `level`. */
async function askHost(
  ask: Ask,
  request: FastifyRequest,
  level: 'error' | 'debug',
): Promise<Role | undefined> {
  try {
    return roleOf(await ask(request));
  } catch (error) {
    request.log[level]({ err: error }, 'tidemark: authorize failed and counts as a refusal');
    return undefined;
  }
}

/** A GET that costs a pause counts as a change: a foreign page must not stop the server with an image tag. */
function countsAsChange(request: FastifyRequest, declared: TidemarkRouteConfig): boolean {
  if (roleFor(request, declared) === 'operate') return true;
  const { expensive, expensiveWhen } = declared;
  return expensive !== undefined && (expensiveWhen === undefined || expensiveWhen(request));
}

function unauthorized(reply: FastifyReply): TidemarkError {
  reply.header('www-authenticate', 'Bearer');
  return new TidemarkError('TIDEMARK_ERR_ACCESS_UNAUTHORIZED');
}

/**
 * Decides who may call what, in this order: a bearer token; else the host's `authorize`; else a direct loopback peer
 * that asks for a served `Host`, and not from a foreign page. An unknown bearer token is refused, unless none is
 * configured and `authorize` is set: then the header is the host's.
 */
export function createAccessGuard(options: AccessOptions): AccessGuard {
  const { authorize, allowedHosts, token } = options;
  const verifier = createTokenVerifier(token);
  const callers = new WeakMap<FastifyRequest, Caller>();
  const hostReadsBearer = token.length === 0 && authorize !== undefined;

  const presentedToken = (headers: RequestHeaders): string | undefined => {
    const { authorization } = headers;
    if (authorization === undefined || hostReadsBearer) return undefined;
    return bearerToken(typeof authorization === 'string' ? authorization : authorization[0]);
  };

  /** The fault of a loopback request, if any. */
  function loopbackFault(request: FastifyRequest, changesState: boolean): ErrorCode | undefined {
    const { headers } = request.raw;
    if (!isServedHost(hostOf(headers), { allowedHosts })) return 'TIDEMARK_ERR_ACCESS_HOST';
    const crossSite = isCrossSite({ method: request.method, headers, changesState, guardReads: true });
    return crossSite ? 'TIDEMARK_ERR_ACCESS_ORIGIN' : undefined;
  }

  /** Identifies the caller; throws the refusal. */
  async function identify(
    request: FastifyRequest,
    reply: FastifyReply,
    declared: TidemarkRouteConfig,
  ): Promise<Caller> {
    const { headers } = request.raw;
    const changesState = countsAsChange(request, declared);

    const presented = presentedToken(headers);
    if (presented !== undefined) {
      const grant = verifier.verify(presented);
      if (grant === undefined) throw unauthorized(reply);
      return { kind: 'token', name: grant.name, role: grant.role, key: `token:${grant.key}` };
    }

    if (authorize !== undefined) {
      // The host may know its users by cookies, which a foreign page can make a browser send. Reads stay open:
      // returning from an identity provider's sign-in is a cross-site navigation too.
      if (isCrossSite({ method: request.method, headers, changesState })) {
        throw new TidemarkError('TIDEMARK_ERR_ACCESS_ORIGIN');
      }
      const role = await askHost(authorize, request, 'error');
      if (role === undefined) throw unauthorized(reply);
      return { kind: 'authorize', name: 'authorize', role, key: peerKey(request) };
    }

    if (!isLocal(request)) throw unauthorized(reply);
    const fault = loopbackFault(request, changesState);
    if (fault !== undefined) throw new TidemarkError(fault);
    return { kind: 'loopback', name: 'loopback', role: 'operate', key: peerKey(request) };
  }

  return {
    async onRequest(request, reply) {
      const declared = request.routeOptions.config?.tidemark;
      const role = declared && roleFor(request, declared);
      if (declared === undefined || role === undefined) return;
      const caller = await identify(request, reply, declared);
      callers.set(request, caller);
      if (!roleAllows(caller.role, role)) throw new TidemarkError('TIDEMARK_ERR_ACCESS_FORBIDDEN');
    },
    isAuthorized(request) {
      const presented = presentedToken(request.raw.headers);
      if (presented !== undefined) return verifier.verify(presented) !== undefined;
      if (authorize !== undefined) {
        return askHost(authorize, request, 'debug').then((role) => role !== undefined);
      }
      return isLocal(request) && loopbackFault(request, false) === undefined;
    },
    mayBeAuthorized: (request) =>
      authorize !== undefined ||
      (token.length > 0 && request.raw.headers.authorization !== undefined) ||
      isLocal(request),
    callerOf: (request) => callers.get(request),
    keyOf: (request) => callers.get(request)?.key ?? peerKey(request),
  };
}
