import { isIP, isIPv4, isIPv6 } from 'node:net';
import type { RequestHeaders } from './peer.js';

export interface HostRule {
  /** Names served besides loopback names and IP literals; with a port, only on that port. */
  readonly allowedHosts: readonly string[];
}

interface HostParts {
  readonly name: string;
  readonly port: string | undefined;
}

const authority = /^(?:\[(?<six>[0-9a-f:.]+)\]|(?<name>[a-z0-9._-]+))(?::(?<port>\d{1,5}))?$/;

function parseHost(text: string): HostParts | undefined {
  const groups = authority.exec(text.toLowerCase())?.groups;
  if (groups === undefined) return undefined;
  const { six, name, port } = groups;
  if (six !== undefined) return isIPv6(six) ? { name: six, port } : undefined;
  if (name === undefined) return undefined;
  return { name: name.endsWith('.') ? name.slice(0, -1) : name, port };
}

/** An `allowedHosts` entry; unlike a header it may be a bare IPv6 address. */
function parseAllowed(text: string): HostParts | undefined {
  return isIPv6(text) ? { name: text.toLowerCase(), port: undefined } : parseHost(text);
}

/** What the client calls this server: `:authority` in HTTP/2, else `Host`. */
export function hostOf(headers: RequestHeaders): string | undefined {
  const host = headers[':authority'] ?? headers['host'];
  return typeof host === 'string' ? host : undefined;
}

/**
 * Whether a `Host` (or `:authority`) names this server in a way that DNS rebinding cannot forge. A page that rebinds its
 * own name to 127.0.0.1 still sends that name; an IP literal and `localhost` cannot be rebound (RFC 6761 §6.3).
 */
export function isServedHost(hostHeader: string | undefined, { allowedHosts }: HostRule): boolean {
  if (hostHeader === undefined) return false;
  const host = parseHost(hostHeader);
  if (host === undefined) return false;
  if (host.name === 'localhost' || host.name.endsWith('.localhost')) return true;
  if (isIPv4(host.name) || isIP(host.name) === 6) return true;
  return allowedHosts.some((entry) => {
    const allowed = parseAllowed(entry);
    return allowed?.name === host.name && (allowed.port === undefined || allowed.port === host.port);
  });
}
