import { createHash, timingSafeEqual } from 'node:crypto';
import type { Role } from './roles.js';

export interface AccessToken {
  readonly token: string;
  readonly role: Role;
  readonly name: string;
}

/** What a known token grants. */
export interface TokenGrant {
  readonly name: string;
  readonly role: Role;
  /** A short digest that identifies the token in counters and stores. */
  readonly key: string;
}

export interface TokenVerifier {
  /** The grant of a token, if any. If a token is listed twice, the stronger role counts. */
  verify(presented: string): TokenGrant | undefined;
}

const bearerScheme = 'bearer ';

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The token of an `Authorization: Bearer` header (RFC 6750 §2.1); none for other schemes. */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const scheme = authorization.slice(0, bearerScheme.length).toLowerCase();
  if (scheme.trimEnd() !== 'bearer') return undefined;
  return authorization.slice(bearerScheme.length).trim();
}

/**
 * Compares in constant time: both sides are hashed, to hide lengths, and every token is compared. A text longer than
 * any token, rounded up to 64 characters, is refused unhashed: hosts whose users carry long tokens of their own would
 * otherwise pay for the hash on every request.
 */
export function createTokenVerifier(tokens: readonly AccessToken[]): TokenVerifier {
  const known = tokens.map(({ token, name, role }) => {
    const digest = digestOf(token);
    return { digest, grant: { name, role, key: digest.toString('hex', 0, 8) } satisfies TokenGrant };
  });
  const longest = tokens.reduce((length, { token }) => Math.max(length, token.length), 0);
  const lengthLimit = Math.ceil(longest / 64) * 64;

  return {
    verify(presented) {
      if (presented === '' || presented.length > lengthLimit) return undefined;
      const digest = digestOf(presented);
      let found: TokenGrant | undefined;
      for (const candidate of known) {
        const equal = timingSafeEqual(candidate.digest, digest);
        if (equal && found?.role !== 'operate') found = candidate.grant;
      }
      return found;
    },
  };
}
