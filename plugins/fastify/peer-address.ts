import type { FastifyRequest } from 'fastify';

/**
 * The address at the other end of the socket; never `request.ip`, which believes headers where `trustProxy` is set.
 * Nothing for Unix sockets and for connections that are gone.
 */
export function peerAddress(request: FastifyRequest): string | undefined {
  try {
    return request.raw.socket.remoteAddress;
  } catch {
    // An HTTP/2 session that was destroyed has no socket to ask.
    return undefined;
  }
}

/** Whether this server listens on a Unix socket (or a named pipe), so that a peer without address is a local one. */
export function listensOnUnixSocket(request: FastifyRequest): boolean {
  return typeof request.server.server.address() === 'string';
}
