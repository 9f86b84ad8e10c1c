import { Type, type TSchema } from 'typebox';
import type { Answers } from './media.js';

const ErrorDetail = Type.Object(
  {
    path: Type.String({ description: 'the part of the request that is wrong, such as querystring.step' }),
    message: Type.String(),
    value: Type.Optional(Type.Unknown({ description: 'what was sent' })),
    expected: Type.Optional(Type.String({ description: 'what would be right' })),
  },
  { title: 'ErrorDetail' },
);

const ErrorAnswer = Type.Object(
  {
    statusCode: Type.Integer(),
    code: Type.Optional(Type.String({ description: 'what docs/errors.md explains' })),
    error: Type.String({ description: 'the name of the status' }),
    message: Type.String(),
    details: Type.Optional(Type.Array(ErrorDetail)),
  },
  { title: 'Error' },
);

type Refusals = Readonly<Record<number, Answers>>;

function refusal(description: string, headers?: Readonly<Record<string, TSchema>>): Answers {
  const content = { 'application/json': { schema: ErrorAnswer } };
  return headers === undefined ? { description, content } : { description, content, headers };
}

/** Refusals of any route, open ones included. */
export const openRefusals: Refusals = {
  400: refusal('The query or the body is not valid; the details say what would be right.'),
  500: refusal('The diagnostics failed; the log says why.'),
};

/** Refusals of every route that needs a role. */
export const refusals: Refusals = {
  ...openRefusals,
  401: refusal('Neither a direct loopback peer nor a known token.', {
    'WWW-Authenticate': Type.String({ description: 'Bearer' }),
  }),
  403: refusal('The role does not suffice, or Host or Origin are not served.'),
};

/** Further refusals of a route whose feature can be off. */
export const featureRefusals: Refusals = {
  404: refusal('Switched off by configuration.'),
};

/** Further refusals of a route that names a stored profile session. */
export const sessionRefusals: Refusals = {
  404: refusal('No such session is stored; old ones go when there is no more room.'),
};

/** Further refusals of a route that can pause the process. */
export const costRefusals: Refusals = {
  409: refusal('Another expensive operation is running.'),
  429: refusal('Too many requests, or the pause budget of this hour is spent.', {
    'Retry-After': Type.Integer({ minimum: 1, description: 'seconds until it is worth asking again' }),
  }),
  503: refusal('Not now: the event loop is overloaded, or the runtime cannot do it.'),
};

/** Further refusals of a route with a body. */
export const bodyRefusals: Refusals = {
  413: refusal('The body is too large.'),
  415: refusal('The body is not JSON.'),
};

/** Further refusals of a route that names an operation. */
export const operationRefusals: Refusals = {
  404: refusal('There is no such operation.'),
};

/** Further refusals of a route that names a stored snapshot. */
export const snapshotRefusals: Refusals = {
  404: refusal('No such snapshot is stored, or snapshots are switched off.'),
};

/** Further refusals of a route that analyses a snapshot. */
export const analysisRefusals: Refusals = {
  409: refusal('Another snapshot is being analysed.'),
  413: refusal('The snapshot is larger than what is analysed.'),
  422: refusal('The file is no heap snapshot, or is damaged.'),
  503: refusal('The process that analyses ended before it was done.'),
};

/** Further refusals of a download. */
export const downloadRefusals: Refusals = {
  416: refusal('No byte of the range exists.'),
};
