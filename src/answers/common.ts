import { Type, type Static, type TSchema, type TUnsafe } from 'typebox';
import { VERDICT_NAMES } from '../verdict/verdict.js';

/** The type of an answer is that of its schema, read-only. */
export type Answer<Schema extends TSchema> = Unchanging<Static<Schema>>;

type Unchanging<T> = T extends readonly (infer Item)[]
  ? readonly Unchanging<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Unchanging<T[Key]> }
    : T;

export const Bytes = Type.Integer({ description: 'bytes' });
export const Count = Type.Integer({ minimum: 0 });
export const Ratio = Type.Number({ minimum: 0, description: '0 to 1' });
export const Share = Type.Number({ minimum: 0, maximum: 1, description: '0 to 1' });
export const Time = Type.String({ format: 'date-time' });
/** A {@link Time}. @param ms wall clock, milliseconds */
export const iso = (ms: number): string => new Date(ms).toISOString();
export const Milliseconds = Type.Number({ description: 'milliseconds' });
export const Seconds = Type.Number({ description: 'seconds' });

export const Estimate = Type.Object(
  { value: Type.Number(), low: Type.Number(), high: Type.Number() },
  { title: 'Estimate', description: 'A value with its 95 % interval.' },
);

export const BytesEstimate = Type.Object(
  { value: Bytes, low: Bytes, high: Bytes },
  { title: 'BytesEstimate', description: 'Bytes with their 95 % interval.' },
);

/** An object with values of one kind, under names not known in advance. `Type.Record` would load all of TypeBox. */
export function byName<Value extends TSchema>(
  value: Value,
  annotations: { readonly description?: string } = {},
): TUnsafe<Record<string, Static<Value>>> {
  return Type.Unsafe({ type: 'object', ...annotations, additionalProperties: value });
}

/**
 * A request worth making now, why, and what it costs. The address is known only when answering over HTTP, which adds
 * `curl` to each step.
 */
export const NextStep = Type.Object(
  {
    why: Type.String(),
    method: Type.Enum(['GET', 'POST'], { type: 'string' }),
    path: Type.String({ description: 'below the prefix' }),
    query: Type.Optional(byName(Type.String())),
    role: Type.Enum(['read', 'operate'], { type: 'string', description: 'that it needs' }),
    file: Type.Optional(
      Type.Object(
        { name: Type.String(), open: Type.String({ description: 'the command that shows it' }) },
        { description: 'where the answer is a file for another tool' },
      ),
    ),
    cost: Type.Object({ pauseMs: Milliseconds }),
    curl: Type.Optional(Type.String({ description: 'a command line, ready to be pasted' })),
  },
  { title: 'NextStep' },
);
export type NextStep = Answer<typeof NextStep>;

export const NextSteps = Type.Array(NextStep, {
  description: 'the commands worth running now, and what they cost',
});

export const VerdictName = Type.Enum([...VERDICT_NAMES], { type: 'string', title: 'VerdictName' });

export const LimitSource = Type.Enum(['configured', 'cgroup', 'heap_size_limit'], { type: 'string' });

export const Format = Type.Enum(['json', 'text'], {
  type: 'string',
  description: 'json by default; text is for a terminal, as is Accept: text/plain',
});
