import { Type, type TSchema } from 'typebox';
import { OperationAnswer } from '../../src/answers/operations/schema.js';

/** Answers of one status by media type, as OpenAPI and Fastify write them. */
export interface Answers {
  readonly description: string;
  readonly content: Readonly<Record<string, { readonly schema: TSchema }>>;
  readonly headers?: Readonly<Record<string, TSchema>>;
}

const Text = Type.String();
// `format: binary` is what client generators look for; JSON Schema treats it as a note.
const Binary = Type.Unsafe<Uint8Array>({ type: 'string', format: 'binary' });

function fileSchema(type: string): TSchema {
  return type.startsWith('text/') || type.endsWith('-text') ? Text : Binary;
}

/** Bodies that are not JSON: metrics, a profile for another tool, CSV. */
export function fileOf(description: string, ...types: readonly string[]): Answers {
  const content = Object.fromEntries(types.map((type) => [type, { schema: fileSchema(type) }]));
  return { description, content };
}

/** JSON by default, text for a terminal, and the route's other formats. */
export function answerOf(schema: TSchema, description: string, ...others: readonly string[]): Answers {
  const { content } = fileOf(description, 'text/plain', ...others);
  return { description, content: { 'application/json': { schema }, ...content } };
}

/** An operation, with the route's other formats. */
export function pendingOf(...others: readonly string[]): Answers {
  return answerOf(
    OperationAnswer,
    'Started, or still running; Location is the address of the operation.',
    ...others,
  );
}

export const pendingAnswer = pendingOf();
