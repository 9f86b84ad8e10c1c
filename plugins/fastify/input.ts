import type { FastifyInstance, FastifySchemaCompiler } from 'fastify';
import { TidemarkError, type ErrorDetail } from '../../src/base/errors.js';
import type { OptionSchema } from '../../src/config/catalogue.js';
import { checkValue, problem } from '../../src/config/check.js';
import { parseVariable } from '../../src/config/environment.js';
import { closest } from '../../src/config/suggestion.js';

/** Reads client input for the diagnostics, whatever parsers and validators the application has. */
export function readInput(scope: FastifyInstance): void {
  parseBodies(scope);
  scope.setValidatorCompiler(compileSchema);
}

/** Bodies are JSON, even those of `curl -d '{"runs":2}'`, which labels them as a form. An empty one counts as none. */
function parseBodies(scope: FastifyInstance): void {
  const parseJson = scope.getDefaultJsonParser('error', 'error');
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<string>(
    ['application/json', 'application/x-www-form-urlencoded'],
    { parseAs: 'string' },
    (request, body, done) => {
      if (body.trim() === '') done(null, null);
      else
        void parseJson(request, body, (fault, value) => done(fault === null ? null : notJson(fault), value));
    },
  );
  scope.addContentTypeParser('*', (request, _payload, done) => {
    const { 'content-type': type = 'none', 'content-length': length } = request.headers;
    if (length === '0') done(null, null);
    else done(new TidemarkError('TIDEMARK_ERR_INPUT_MEDIA_TYPE', { reason: `its content type is ${type}` }));
  });
}

/** Fastify's own message mentions a content type that the client did not send. */
function notJson(cause: Error): TidemarkError {
  const details = [{ path: 'body', message: 'is not valid JSON', expected: 'a JSON text' }];
  return new TidemarkError('TIDEMARK_ERR_INPUT_INVALID', { details, cause });
}

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, OptionSchema>>;
}

/**
 * Validates with the check of the options. Fastify's Ajv would silently drop unknown fields (a mistyped `?form=text`
 * must be an error that says so), does not read `?gc=1` as a boolean, and takes 75 ms at start to compile all schemas.
 */
const compileSchema: FastifySchemaCompiler<ObjectSchema> = ({ schema, httpPart }) => {
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
