import type { ErrorDetail } from '../base/errors.js';
import { VARIABLE_PREFIX, variableName, type Option, type OptionSchema } from './catalogue.js';
import { displayKind } from './check.js';
import { closest } from './suggestion.js';

/** Variables with the prefix that are not options of the plugin, and their purpose. */
export const otherVariables: Readonly<Record<string, string>> = Object.freeze({
  TIDEMARK_SERVER_HOST: 'Address on which the standalone server listens.',
  TIDEMARK_SERVER_PORT: 'Port on which the standalone server listens.',
  TIDEMARK_SERVER_LOG_LEVEL: 'Log level of the standalone server: trace, debug, info, warn, error or fatal.',
  TIDEMARK_REQUIRE_ALL: 'Read by the tests: a test whose tool is missing fails instead of being skipped.',
});

/** The values given by variables, by option path, not yet checked against the schema. */
export interface EnvironmentInput {
  readonly values: ReadonlyMap<string, unknown>;
  readonly problems: readonly ErrorDetail[];
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['off', false],
]);

function list(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}

/**
 * Converts a variable's text to the type of its schema. Text that does not fit stays text, which the check then refuses:
 * nothing is guessed.
 */
export function parseVariable(schema: OptionSchema, text: string): unknown {
  const { items } = schema;
  const trimmed = text.trim();
  if (schema.secret === true) return trimmed.includes(',') ? list(trimmed) : trimmed;
  if (items !== undefined) return list(trimmed).map((item) => parseVariable(items, item));
  if (schema.type === 'boolean') return BOOLEANS.get(trimmed.toLowerCase()) ?? trimmed;
  if (schema.type === 'number' || schema.type === 'integer') {
    return DECIMAL.test(trimmed) ? Number(trimmed) : trimmed;
  }
  return trimmed;
}

function unknownVariable(name: string, text: string, options: readonly Option[]): ErrorDetail {
  const codeOnly = options.find(
    ({ path, variable }) => variable === undefined && variableName(path) === name,
  );
  // The value is not shown: it may be a token under a misspelt name.
  const value = displayKind(text);
  if (codeOnly !== undefined) {
    const message = `is not read; "${codeOnly.path}" can only be given in code`;
    return { path: name, message, value, expected: 'no such variable' };
  }
  const known = [...options.flatMap(({ variable }) => variable ?? []), ...Object.keys(otherVariables)];
  const bare = known.map((candidate) => candidate.slice(VARIABLE_PREFIX.length));
  const near = closest(name.slice(VARIABLE_PREFIX.length), bare);
  const meant = near === undefined ? undefined : VARIABLE_PREFIX + near;
  const question = meant === undefined ? '' : `; did you mean ${meant}?`;
  return {
    path: name,
    message: `is not a variable of Tidemark${question}`,
    value,
    expected: meant ?? 'only documented variables',
  };
}

/** Reads the `TIDEMARK_*` variables. An empty one counts as unset; an unknown one is a problem. */
export function readEnvironment(env: NodeJS.ProcessEnv, options: readonly Option[]): EnvironmentInput {
  const values = new Map<string, unknown>();
  const problems: ErrorDetail[] = [];
  for (const [name, text = ''] of Object.entries(env)) {
    if (!name.startsWith(VARIABLE_PREFIX) || Object.hasOwn(otherVariables, name) || text.trim() === '')
      continue;
    const option = options.find(({ variable }) => variable === name);
    if (option === undefined) problems.push(unknownVariable(name, text, options));
    else values.set(option.path, parseVariable(option.schema, text));
  }
  return { values, problems };
}
