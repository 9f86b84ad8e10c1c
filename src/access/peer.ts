import { isIPv4 } from 'node:net';

/** Request headers as Node provides them, with lower-case names. */
export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** The other end of the socket. */
export interface Peer {
  /** The socket's own address, never one read from a header (`request.ip` may be). */
  readonly remoteAddress: string | undefined;
  readonly headers: RequestHeaders;
  /**
   * True if the server is known to listen on a Unix socket. A missing `remoteAddress` alone proves nothing: a TCP
   * socket that the client has reset loses its address too, and a reset would then let anyone in.
   */
  readonly unixSocket?: boolean;
  /** `1.0`, `1.1` or `2.0`. */
  readonly httpVersion?: string;
}

/** Headers added by proxies, load balancers, meshes and CDNs, most likely first. */
const proxyHeaders = [
  'x-forwarded-for',
  'forwarded',
  'via',
  'x-real-ip',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-server',
  'x-forwarded-prefix',
  'x-forwarded-client-cert',
  'x-forwarded',
  'forwarded-for',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-forwarded-for',
  'x-original-host',
  'true-client-ip',
  'cf-connecting-ip',
  'cdn-loop',
  'fastly-client-ip',
  'fly-client-ip',
  'x-azure-clientip',
  'x-appengine-user-ip',
  'x-amzn-trace-id',
  'x-envoy-external-address',
  'x-envoy-attempt-count',
  'l5d-client-id',
] as const;

/** Whether `address` is in 127.0.0.0/8 (also as an IPv4-mapped IPv6 address) or is `::1`. Allocates nothing for others. */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  if (address === '127.0.0.1' || address === '::1') return true;
  if (address.startsWith('127.')) return isIPv4(address);
  return address.startsWith('::ffff:127.') && isIPv4(address.slice('::ffff:'.length));
}

/** Whether a header reveals a proxy between this peer and the real client. */
export function hasProxyHeader(headers: RequestHeaders): boolean {
  for (const name of proxyHeaders) if (headers[name] !== undefined) return true;
  return false;
}

/**
 * Whether the request comes directly from a process on this machine. A loopback peer that speaks for another client is
 * not local. HTTP/1.0 also counts as a proxy: nginx uses it for upstreams by default, without a header that reveals
 * it.
 */
export function isDirectLoopback(peer: Peer): boolean {
  const local =
    peer.remoteAddress === undefined ? peer.unixSocket === true : isLoopbackAddress(peer.remoteAddress);
  return local && peer.httpVersion !== '1.0' && !hasProxyHeader(peer.headers);
}
