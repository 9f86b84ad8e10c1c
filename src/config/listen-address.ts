import { isIP, isIPv4, isIPv6 } from 'node:net';
import { accepted, problem, refused, type Reading } from './check.js';
import type { ListenAddress } from './options.js';

const LOOPBACK = '127.0.0.1';
const FORM = /^(?:(?:\[(?<bracketed>[^\]]+)\]|(?<named>[^:[\]]*)):)?(?<port>\d{1,5})$/;
const HOST_NAME = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i;

function isHost(host: string): boolean {
  // Digits and dots alone are meant as an address, so "256.1.1.1" is not a name.
  return isIPv4(host) || (HOST_NAME.test(host) && !/^[\d.]+$/.test(host));
}

/**
 * Reads `host:port`, `:port`, `port` or `[ipv6]:port`. The default host is loopback: being reachable from elsewhere has
 * to be stated. Port 0 lets the system choose.
 */
export function readListenAddress(value: unknown, path: string, expected: string): Reading<ListenAddress> {
  const parts = typeof value === 'string' ? FORM.exec(value)?.groups : undefined;
  const port = Number(parts?.['port']);
  if (parts === undefined || port > 65_535) return refused(problem(path, value, expected));
  const { bracketed, named } = parts;
  if (bracketed !== undefined) {
    return isIPv6(bracketed)
      ? accepted({ host: bracketed, port })
      : refused(problem(path, value, `${expected} (the brackets do not contain an IPv6 address)`));
  }
  if (named === undefined || named === '') return accepted({ host: LOOPBACK, port });
  return isIP(named) !== 0 || isHost(named)
    ? accepted({ host: named, port })
    : refused(problem(path, value, expected));
}
