import { Type, type Static, type TSchema } from 'typebox';

export const Bytes = Type.Integer({ description: 'bytes' });
export const Count = Type.Integer({ minimum: 0 });
export const Ratio = Type.Number({ minimum: 0, description: '0 to 1' });
export const Time = Type.String({ format: 'date-time' });
export const Milliseconds = Type.Number({ description: 'milliseconds' });
export const Seconds = Type.Number({ description: 'seconds' });

export const Estimate = Type.Object(
  { value: Type.Number(), low: Type.Number(), high: Type.Number() },
  { description: 'a value with its 95 % interval' },
);

export const NextSteps = Type.Array(
  Type.Object({ why: Type.String(), curl: Type.String(), cost: Type.Object({ pauseMs: Type.Number() }) }),
  { description: 'the commands worth running now, and what they cost' },
);

export const ErrorAnswer = Type.Object({
  statusCode: Type.Integer(),
  code: Type.Optional(Type.String()),
  error: Type.String(),
  message: Type.String(),
  details: Type.Optional(
    Type.Array(Type.Object({ path: Type.String(), message: Type.String() }, { additionalProperties: true })),
  ),
});

/** JSON by default; text for a terminal. */
export const FormatQuery = Type.Object(
  { format: Type.Optional(Type.Enum(['json', 'text'], { type: 'string' })) },
  { additionalProperties: false },
);

/** The answers every diagnostic route can give besides its own. */
export const refusals: Record<number, TSchema> = {
  400: ErrorAnswer,
  401: ErrorAnswer,
  403: ErrorAnswer,
};

/** What an open route can refuse. */
export const costlessRefusals: Record<number, TSchema> = { 400: ErrorAnswer };

export const costlyRefusals: Record<number, TSchema> = {
  ...refusals,
  409: ErrorAnswer,
  429: ErrorAnswer,
  503: ErrorAnswer,
};

export type FormatQueryType = Static<typeof FormatQuery>;
