import type { ErrorDetail } from '../base/errors.js';
import { accepted, displayKind, refused, type Reading } from './check.js';
import type { AccessToken } from './options.js';
import { MAX_TOKENS, MAX_TOKEN_LENGTH, MIN_TOKEN_LENGTH } from './schema.js';

/** RFC 6750, section 2.1: the characters that an `Authorization: Bearer` header can carry. */
const BEARER = /^[A-Za-z0-9\-._~+/]+=*$/;
/** Names end up in log lines: no line breaks, no quotes. */
const NAME = /^[\w.@-]{1,64}$/;

type Entry = AccessToken & { readonly path: string };

/** The problem of a token; never shows its value, nor a part of it. */
function fault(path: string, found: string, expected: string): ErrorDetail {
  return { path, message: `${found}; expected ${expected}`, value: '(not shown)', expected };
}

function splitRole(text: string, path: string, ordinal: number): Entry {
  const written = /^(read|operate):/.exec(text)?.[1];
  const role = written === 'read' ? 'read' : 'operate';
  const token = written === undefined ? text : text.slice(written.length + 1);
  return { path, token, role, name: `${role}-${ordinal}` };
}

function readObject(value: object, path: string, ordinal: number): Entry | ErrorDetail {
  const hasOther = Object.keys(value).some((key) => !['token', 'role', 'name'].includes(key));
  const token: unknown = Reflect.get(value, 'token');
  const role: unknown = Reflect.get(value, 'role');
  const name: unknown = Reflect.get(value, 'name');
  if (hasOther) {
    return fault(path, 'has an unknown key', 'only token, role and name');
  }
  if (typeof token !== 'string') return fault(`${path}.token`, `is ${displayKind(token)}`, 'a string');
  if (role !== 'read' && role !== 'operate') {
    return fault(`${path}.role`, `is ${displayKind(role)}`, '"read" or "operate"');
  }
  if (name !== undefined && (typeof name !== 'string' || !NAME.test(name))) {
    return fault(`${path}.name`, `is ${displayKind(name)}`, '1 to 64 letters, digits or _ . @ -');
  }
  return { path, token, role, name: name ?? `${role}-${ordinal}` };
}

function readEntry(value: unknown, path: string, ordinal: number): Entry | ErrorDetail {
  if (typeof value === 'string') return splitRole(value, path, ordinal);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return readObject(value, path, ordinal);
  }
  return fault(path, `is ${displayKind(value)}`, 'a string or { token, role, name? }');
}

function strengthFault({ path, token }: Entry): ErrorDetail | undefined {
  if (token.length < MIN_TOKEN_LENGTH || token.length > MAX_TOKEN_LENGTH) {
    const expected = `a token of ${MIN_TOKEN_LENGTH} to ${MAX_TOKEN_LENGTH} characters`;
    return fault(path, `is a token of ${token.length} characters`, expected);
  }
  if (!BEARER.test(token)) {
    const expected =
      'letters, digits and - . _ ~ + / with = only at the end, after an optional "read:" or "operate:"';
    return fault(path, 'contains a character that a bearer token cannot have', expected);
  }
  return undefined;
}

function duplicateFaults(entries: readonly Entry[], key: 'token' | 'name'): ErrorDetail[] {
  const seen = new Map<string, string>();
  return entries.flatMap((entry) => {
    const first = seen.get(entry[key]);
    if (first === undefined) seen.set(entry[key], entry.path);
    return first === undefined
      ? []
      : [fault(entry.path, `has the same ${key} as ${first}`, `each ${key} once`)];
  });
}

/**
 * Reads one token or a list of them. A string is `read:<token>`, `operate:<token>` or a bare token, which may operate.
 * A token without a name is named after its role and its position in the list, such as `read-2`.
 */
export function readAccessTokens(value: unknown, path: string): Reading<readonly AccessToken[]> {
  const isList = Array.isArray(value);
  const given: readonly unknown[] = isList ? value : [value];
  if (given.length > MAX_TOKENS) {
    return refused(fault(path, `is an array of ${given.length} items`, `at most ${MAX_TOKENS} tokens`));
  }
  const read = given.map((item, index) => readEntry(item, isList ? `${path}[${index}]` : path, index + 1));
  const entries = read.filter((entry) => 'token' in entry);
  const problems = [
    ...read.filter((entry) => 'message' in entry),
    ...entries.flatMap((entry) => strengthFault(entry) ?? []),
    ...duplicateFaults(entries, 'token'),
    ...duplicateFaults(entries, 'name'),
  ];
  if (problems.length > 0) return refused(...problems);
  return accepted(entries.map(({ token, role, name }) => ({ token, role, name })));
}
