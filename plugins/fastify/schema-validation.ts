import type { FastifySchemaCompiler } from 'fastify';
import type { OptionSchema } from '../../src/config/catalogue.js';
import { checkValue, problem } from '../../src/config/check.js';
import { parseVariable } from '../../src/config/environment.js';
import { closest } from '../../src/config/suggestion.js';
import { TidemarkError, type ErrorDetail } from '../../src/base/errors.js';

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, OptionSchema>>;
}

/**
 * Validates what a client sent, with the checker of the options. Fastify's own would silently drop unknown fields (a
 * mistyped `?form=text` must be an error that says so), and the host application may have replaced it by another.
 */
export const compileSchema: FastifySchemaCompiler<ObjectSchema> = ({ schema, httpPart }) => {
  const part = httpPart ?? 'body';
  const properties = schema.properties ?? {};
  return (data: unknown) => {
    const details: ErrorDetail[] = [];
    const value: Record<string, unknown> = {};
    if (data !== null && (typeof data !== 'object' || Array.isArray(data))) {
      details.push(problem(part, data, 'an object'));
    }
    for (const [name, given] of Object.entries(data ?? {})) {
      const path = `${part}.${name}`;
      const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
      if (property === undefined) {
        details.push(unknownField(path, name, given, Object.keys(properties)));
        continue;
      }
      // Query and path arrive as text.
      value[name] = part !== 'body' && typeof given === 'string' ? parseVariable(property, given) : given;
      details.push(...checkValue(property, value[name], path));
    }
    if (details.length === 0) return { value };
    return { error: new TidemarkError('TIDEMARK_ERR_INPUT_INVALID', { details }) };
  };
};

function unknownField(path: string, name: string, value: unknown, known: readonly string[]): ErrorDetail {
  const near = closest(name, known);
  const expected = known.length === 0 ? 'nothing' : `one of: ${known.join(', ')}`;
  const question = near === undefined ? '' : `; did you mean ${near}?`;
  return { path, message: `is not known here${question}`, value, expected };
}
