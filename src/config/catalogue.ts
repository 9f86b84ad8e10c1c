import { Type, type TObject, type TSchema } from 'typebox';
import { optionsSchema } from './schema.js';

/** The JSON Schema keywords that options use, and the annotations that the documentation and the checks read. */
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
  /** False for an option that only code can give: it has no variable. */
  readonly env?: false;
  /** The value is an object or function of the application: used as it is, neither copied nor frozen. */
  readonly instance?: { readonly kind: 'function' | 'object'; readonly methods?: readonly string[] };
  /** The value must not appear in any message. */
  readonly secret?: boolean;
  /** What would be right, in words, where the keywords cannot say it. */
  readonly expectation?: string;
  /** Markdown for a default that depends on the process. */
  readonly computedDefault?: string;
}

/** One option: where it stands in the tree, and the variable that sets it. */
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

/** The options of a schema of groups, in the order in which they are written. */
export function catalogueOf(schema: TObject): readonly Option[] {
  return Object.entries(schema.properties).flatMap(([name, property]) =>
    Type.IsObject(property)
      ? Object.entries(property.properties).map(([key, inner]) => optionOf(name, key, inner))
      : [optionOf(undefined, name, property)],
  );
}

/** Every option of Tidemark. */
export const catalogue: readonly Option[] = Object.freeze(catalogueOf(optionsSchema));
