import { Type, type TSchema } from 'typebox';
import { optionsSchema } from './schema.js';

/** The JSON Schema keywords that options use, and the annotations for documentation and checks. */
export interface OptionSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
  readonly items?: OptionSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly description?: string;
  readonly default?: unknown;
  /** False for an option that only code can set: it has no variable. */
  readonly env?: false;
  /** The value is an object or function of the application: neither copied nor frozen. */
  readonly instance?: { readonly kind: 'function' | 'object'; readonly methods?: readonly string[] };
  /** The value must not appear in any message. */
  readonly secret?: boolean;
  /** What is expected, in words, where the keywords cannot say it. */
  readonly expectation?: string;
  /** Markdown that describes a default which depends on the process. */
  readonly computedDefault?: string;
}

/** One option: its place in the tree, and the variable that sets it. */
export interface Option {
  readonly path: string;
  readonly group: string | undefined;
  readonly key: string;
  readonly variable: string | undefined;
  readonly schema: OptionSchema;
}

export const VARIABLE_PREFIX = 'TIDEMARK_';

/** `verdict.fillHorizonSeconds` → `TIDEMARK_VERDICT_FILL_HORIZON_SECONDS`. */
export function variableName(path: string): string {
  const words = path.replaceAll('.', '_').replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2');
  return VARIABLE_PREFIX + words.toUpperCase();
}

function optionOf(group: string | undefined, key: string, schema: TSchema): Option {
  const path = group === undefined ? key : `${group}.${key}`;
  const annotated: OptionSchema = schema;
  const variable = annotated.env === false ? undefined : variableName(path);
  return { path, group, key, variable, schema: annotated };
}

/** Every option of Tidemark, in the order of the schema. */
export const catalogue: readonly Option[] = Object.freeze(
  Object.entries(optionsSchema.properties).flatMap(([name, property]) =>
    Type.IsObject(property)
      ? Object.entries(property.properties).map(([key, inner]) => optionOf(name, key, inner))
      : [optionOf(undefined, name, property)],
  ),
);
