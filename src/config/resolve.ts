import { resolve } from 'node:path';
import { TidemarkError, type ErrorDetail } from '../base/errors.js';
import { readAccessTokens } from './access-token.js';
import { catalogue, type Option } from './catalogue.js';
import { accepted, checkValue, expectation, refused, type Reading } from './check.js';
import { computedDefaults, currentHost, type HostFacts } from './computed-defaults.js';
import { readEnvironment } from './environment.js';
import { readCodeInput } from './input.js';
import { readListenAddress } from './listen-address.js';
import { checkRelations } from './relation.js';
import type { ResolvedOptions } from './options.js';

export type { ResolvedOptions, TidemarkOptions } from './options.js';

/** Checks one value and converts it to its final form. */
function readValue(
  { path, schema }: Option,
  value: unknown,
  origin: string,
  host: HostFacts,
): Reading<unknown> {
  if (path === 'token') return readAccessTokens(value, origin);
  if (path === 'listen') return readListenAddress(value, origin, expectation(schema));
  const problems = checkValue(schema, value, origin);
  if (problems.length > 0) return refused(...problems);
  if (path === 'stateDirectory') return accepted(resolve(host.workingDirectory, String(value)));
  return accepted(Array.isArray(value) ? [...value] : value);
}

function freezeData(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const inner of Object.values(value)) freezeData(inner);
  Object.freeze(value);
}

/** Nests and freezes the values. Objects of the application are left as they are. */
function assemble(values: ReadonlyMap<string, unknown>): ResolvedOptions {
  const root: Record<string, unknown> = {};
  const groups = new Map<string, Record<string, unknown>>();
  for (const { path, group, key, schema } of catalogue) {
    const value = values.get(path);
    const level = group === undefined ? root : (groups.get(group) ?? {});
    if (group !== undefined) groups.set(group, level);
    if (value === undefined) continue;
    if (schema.instance === undefined) freezeData(value);
    level[key] = value;
  }
  for (const [name, level] of groups) root[name] = Object.freeze(level);
  // The catalogue comes from the schema that the type is derived from; a test compares the two.
  return Object.freeze(root) as unknown as ResolvedOptions;
}

/**
 * The options of one registration: code overrides variables, and variables override defaults. Nothing is coerced or
 * replaced silently, and a wrong variable is reported even where code overrides it.
 *
 * @param input what was passed at registration, unchecked
 * @param env usually `process.env`
 * @returns deeply frozen, except the objects that the application passed
 * @throws TidemarkError `TIDEMARK_ERR_CONFIG_INVALID`, whose details list every problem; no token is ever in it
 */
export function resolveOptions(
  input: unknown,
  env: NodeJS.ProcessEnv,
  host: HostFacts = currentHost(),
): ResolvedOptions {
  const code = readCodeInput(input, catalogue);
  const environment = readEnvironment(env, catalogue);
  const problems: ErrorDetail[] = [...code.problems, ...environment.problems];
  const computed = computedDefaults(env, host);
  const values = new Map<string, unknown>();
  const origins = new Map<string, string>();
  const faulty = new Set<string>();

  for (const option of catalogue) {
    const { path, schema } = option;
    // A copy, because the result is frozen and every registration in the process uses the same default.
    values.set(path, computed.has(path) ? computed.get(path) : structuredClone(schema.default));
    for (const [source, origin] of [
      [environment.values, option.variable ?? path],
      [code.values, path],
    ] as const) {
      if (!source.has(path)) continue;
      const reading = readValue(option, source.get(path), origin, host);
      if (reading.ok) {
        values.set(path, reading.value);
        origins.set(path, origin);
      } else {
        problems.push(...reading.problems);
        faulty.add(path);
      }
    }
  }

  const options = assemble(values);
  problems.push(...checkRelations(options, faulty, origins));
  if (problems.length > 0) throw new TidemarkError('TIDEMARK_ERR_CONFIG_INVALID', { details: problems });
  return options;
}
