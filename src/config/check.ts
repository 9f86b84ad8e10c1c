import type { ErrorDetail } from '../base/errors.js';
import type { OptionSchema } from './catalogue.js';
import { displayKind, displayValue } from './display.js';

/** One problem: the message says what is there and what would be right; a secret shows neither value nor excerpt. */
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

/** What a value of this schema has to be, in words. */
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
 * The problems of one value. This is the part of JSON Schema that options use, and no more: TypeBox's checker costs
 * another 4 MB of heap, and its messages do not say what would be right.
 */
export function checkValue(schema: OptionSchema, value: unknown, path: string): ErrorDetail[] {
  if (schema.items !== undefined) return checkArray(schema.items, schema, value, path);
  return isScalar(value, schema) ? [] : [problem(path, value, expectation(schema))];
}
