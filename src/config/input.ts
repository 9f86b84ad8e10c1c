import type { ErrorDetail } from '../base/errors.js';
import type { Option } from './catalogue.js';
import { displayKind } from './check.js';
import { closest } from './suggestion.js';

/** The values given in code, by option path, and the problems of their structure. */
export interface CodeInput {
  readonly values: ReadonlyMap<string, unknown>;
  readonly problems: readonly ErrorDetail[];
}

/** Accepts objects of other realms (as test runners use), refuses arrays, maps, dates and so on. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

function hint(key: string, group: string | undefined, options: readonly Option[]): string | undefined {
  const siblings = options.flatMap((option) => {
    if (option.group === group) return [option.key];
    return group === undefined && option.group !== undefined ? [option.group] : [];
  });
  const near = closest(key, siblings);
  if (near !== undefined) return group === undefined ? near : `${group}.${near}`;
  return options.find((option) => option.key === key)?.path;
}

// The value of an unknown key is not shown: `tokens: ['…']` would reveal a secret.
function unknownKey(
  key: string,
  group: string | undefined,
  value: unknown,
  options: readonly Option[],
): ErrorDetail {
  const path = group === undefined ? key : `${group}.${key}`;
  const meant = hint(key, group, options);
  const expected = meant === undefined ? 'only documented options' : meant;
  const question = meant === undefined ? '' : `; did you mean "${meant}"?`;
  return { path, message: `is not an option${question}`, value: displayKind(value), expected };
}

/** Flattens the object passed at registration into option paths. `undefined` counts as unset. */
export function readCodeInput(input: unknown, options: readonly Option[]): CodeInput {
  const values = new Map<string, unknown>();
  const problems: ErrorDetail[] = [];
  const groups = new Set(options.flatMap(({ group }) => group ?? []));

  const readLevel = (level: unknown, group: string | undefined): void => {
    if (!isRecord(level)) {
      const message = `is ${displayKind(level)}; expected an object of options`;
      problems.push({ path: group ?? 'options', message, value: displayKind(level), expected: 'an object' });
      return;
    }
    for (const [key, value] of Object.entries(level)) {
      const option = options.find((candidate) => candidate.group === group && candidate.key === key);
      if (value === undefined && (option !== undefined || groups.has(key))) continue;
      if (option !== undefined) values.set(option.path, value);
      else if (group === undefined && groups.has(key)) readLevel(value, key);
      else problems.push(unknownKey(key, group, value, options));
    }
  };

  if (input !== undefined) readLevel(input, undefined);
  return { values, problems };
}
