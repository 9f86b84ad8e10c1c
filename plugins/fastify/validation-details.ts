import type { FastifySchemaValidationError } from 'fastify';
import type { ErrorDetail } from '../../src/base/errors.js';

const maxValueLength = 100;
const maxDetails = 20;

type Params = FastifySchemaValidationError['params'];

function step(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

/** The value at a JSON pointer (RFC 6901). */
function valueAt(root: unknown, pointer: readonly string[]): unknown {
  return pointer.reduce(step, root);
}

function unescapeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Short texts, numbers and flags are worth repeating; what is long or nested is named by its type. */
function shown(value: unknown): unknown {
  if (typeof value === 'string') {
    return value.length > maxValueLength ? `${value.slice(0, maxValueLength)}…` : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? 'array' : 'object';
}

/** What would be right, in words, from the keyword that failed. */
function expectation(keyword: string, params: Params): string | undefined {
  const allowed = params['allowedValues'];
  switch (keyword) {
    case 'type':
      return String(params['type']);
    case 'enum':
      return Array.isArray(allowed) ? `one of ${allowed.map(String).join(', ')}` : undefined;
    case 'const':
      return JSON.stringify(params['allowedValue']);
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
      return `${String(params['comparison'])} ${String(params['limit'])}`;
    case 'multipleOf':
      return `a multiple of ${String(params['multipleOf'])}`;
    case 'minLength':
    case 'maxLength':
      return `${keyword === 'minLength' ? 'at least' : 'at most'} ${String(params['limit'])} characters`;
    case 'minItems':
    case 'maxItems':
      return `${keyword === 'minItems' ? 'at least' : 'at most'} ${String(params['limit'])} items`;
    case 'pattern':
      return `a text that matches ${String(params['pattern'])}`;
    case 'format':
      return `a ${String(params['format'])}`;
    case 'required':
      return 'to be present';
    case 'additionalProperties':
      return 'to be absent';
    default:
      return undefined;
  }
}

/** The property an error is about, which Ajv puts beside the pointer when it is missing or too much. */
function ownKey(params: Params): string[] {
  const key = params['missingProperty'] ?? params['additionalProperty'];
  return typeof key === 'string' ? [key] : [];
}

function detailOf(fault: FastifySchemaValidationError, part: string, input: unknown): ErrorDetail {
  const pointer = fault.instancePath.split('/').slice(1).map(unescapeToken);
  const path = [...pointer, ...ownKey(fault.params)];
  const value = part === 'headers' ? undefined : shown(valueAt(input, path));
  const expected = expectation(fault.keyword, fault.params);
  return {
    path: [part, ...path].join('.'),
    message: fault.message ?? 'is not valid',
    ...(value === undefined ? {} : { value }),
    ...(expected === undefined ? {} : { expected }),
  };
}

/**
 * Turns the faults of Fastify's validation into details.
 * @param part `querystring`, `body`, `params` or `headers`; values of headers are not repeated, they may be secrets
 * @param input the value that was validated
 */
export function validationDetails(
  faults: readonly FastifySchemaValidationError[],
  part: string,
  input: unknown,
): ErrorDetail[] {
  return faults.slice(0, maxDetails).map((fault) => detailOf(fault, part, input));
}
