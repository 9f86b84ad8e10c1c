import type { ErrorDetail } from '../base/errors.js';
import type { OptionSchema } from './catalogue.js';

/** The result of reading one value: the value in its final form, or all its problems. */
export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly ErrorDetail[] };

export function accepted<T>(value: T): Reading<T> {
  return { ok: true, value };
}

export function refused(...problems: readonly ErrorDetail[]): Reading<never> {
  return { ok: false, problems };
}

const MAX_SHOWN = 80;

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** The kind of a value, without the value: `a string of 5 characters`, `an array of 2 items`, `an object`. */
export function displayKind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  if (Array.isArray(value)) return `an array of ${value.length} items`;
  return article(typeof value);
}

/** A value as messages show it: strings quoted and truncated, objects by their kind. */
function displayValue(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value);
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  return displayKind(value);
}

/** One problem: what was found and what is expected; a secret is not shown, not even in part. */
export function problem(path: string, value: unknown, expected: string, secret = false): ErrorDetail {
  const shown = secret ? displayKind(value) : displayValue(value);
  const isPrimitive = value === null || (typeof value !== 'object' && typeof value !== 'function');
  return {
    path,
    message: `is ${shown}; expected ${expected}`,
    value: secret || !isPrimitive ? shown : value,
    expected,
  };
}

function range(schema: OptionSchema): string {
  const { minimum, exclusiveMinimum, maximum } = schema;
  if (exclusiveMinimum !== undefined && maximum !== undefined) {
    return ` above ${exclusiveMinimum} and up to ${maximum}`;
  }
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  return minimum === undefined ? '' : ` of at least ${minimum}`;
}

/** What the schema expects, in words. */
export function expectation(schema: OptionSchema): string {
  if (schema.expectation !== undefined) return schema.expectation;
  if (schema.enum !== undefined) return `one of ${schema.enum.map((word) => `"${word}"`).join(', ')}`;
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'integer') return `an integer${range(schema)}`;
  if (schema.type === 'number') return `a number${range(schema)}`;
  if (schema.type === 'array' && schema.items !== undefined) {
    return `a list of ${schema.minItems ?? 0} to ${schema.maxItems ?? 'any number of'} items, each ${expectation(schema.items)}`;
  }
  return 'a string';
}

function isNumber(value: unknown, schema: OptionSchema): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  return (
    (schema.type !== 'integer' || Number.isSafeInteger(value)) &&
    value >= (schema.minimum ?? -Infinity) &&
    value > (schema.exclusiveMinimum ?? -Infinity) &&
    value <= (schema.maximum ?? Infinity)
  );
}

function isInstance(value: unknown, { kind, methods = [] }: NonNullable<OptionSchema['instance']>): boolean {
  if (kind === 'function') return typeof value === 'function';
  if (typeof value !== 'object' || value === null) return false;
  return methods.every((method) => typeof Reflect.get(value, method) === 'function');
}

function isScalar(value: unknown, schema: OptionSchema): boolean {
  if (schema.instance !== undefined) return isInstance(value, schema.instance);
  if (schema.enum !== undefined) return typeof value === 'string' && schema.enum.includes(value);
  if (schema.type === 'boolean') return typeof value === 'boolean';
  if (schema.type === 'string') {
    return (
      typeof value === 'string' && (schema.pattern === undefined || new RegExp(schema.pattern).test(value))
    );
  }
  return isNumber(value, schema);
}

function checkArray(items: OptionSchema, schema: OptionSchema, value: unknown, path: string): ErrorDetail[] {
  const isList = Array.isArray(value);
  if (!isList || value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity)) {
    return [problem(path, value, expectation(schema))];
  }
  return value.flatMap((item, index) => checkValue(items, item, `${path}[${index}]`));
}

/**
 * The problems of one value, by the part of JSON Schema that options and queries use. Ajv, which Fastify has loaded,
 * takes 10 to 30 ms of CPU to compile the schema of the first option and 75 to 125 ms for all fifty, the whole budget of
 * a start; this takes less than 1 ms for all. TypeBox's own checker takes 160 ms to load.
 */
export function checkValue(schema: OptionSchema, value: unknown, path: string): ErrorDetail[] {
  if (schema.items !== undefined) return checkArray(schema.items, schema, value, path);
  return isScalar(value, schema) ? [] : [problem(path, value, expectation(schema))];
}
