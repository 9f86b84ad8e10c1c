import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { TidemarkError, type ErrorDetail } from '../../src/base/errors.js';
import { validationDetails } from './validation-details.js';

/** The body of every error: Fastify's shape with our code. */
export interface ErrorBody {
  readonly statusCode: number;
  /** Absent only where somebody else's error had none. */
  readonly code?: string;
  readonly error: string;
  readonly message: string;
  readonly details?: readonly ErrorDetail[];
}

function inputOf(request: FastifyRequest, part: string): unknown {
  switch (part) {
    case 'body':
      return request.body;
    case 'params':
      return request.params;
    case 'querystring':
      return request.query;
    default:
      return undefined;
  }
}

function isFastifyError(error: unknown): error is Error & Partial<FastifyError> {
  return error instanceof Error;
}

/** Our error for a request that does not fit its schema or cannot be parsed; nothing for other errors. */
function inputError(
  error: Error & Partial<FastifyError>,
  request: FastifyRequest,
): TidemarkError | undefined {
  const { validation, code } = error;
  if (validation !== undefined) {
    const part = error.validationContext ?? 'request';
    const details = validationDetails(validation, part, inputOf(request, part));
    return new TidemarkError('TIDEMARK_ERR_INPUT_INVALID', { details, cause: error });
  }
  if (error.statusCode !== 400) return undefined;
  if (code === 'FST_ERR_VALIDATION') {
    const details = [{ path: error.validationContext ?? 'request', message: error.message }];
    return new TidemarkError('TIDEMARK_ERR_INPUT_INVALID', { details, cause: error });
  }
  if (error instanceof SyntaxError || code?.startsWith('FST_ERR_CTP_')) {
    const details = [{ path: 'body', message: error.message, expected: 'a JSON text' }];
    return new TidemarkError('TIDEMARK_ERR_INPUT_INVALID', { details, cause: error });
  }
  return undefined;
}

/** Errors with a 4xx status were meant for the client, whoever threw them; of others only our own are shown. */
function toBody(error: unknown): ErrorBody {
  if (error instanceof TidemarkError) {
    const { statusCode, code, message, details } = error;
    const name = STATUS_CODES[statusCode] ?? 'Error';
    return { statusCode, code, error: name, message, ...(details === undefined ? {} : { details }) };
  }
  if (isFastifyError(error) && error.statusCode !== undefined) {
    const { statusCode, message } = error;
    if (statusCode >= 400 && statusCode < 500) {
      const name = STATUS_CODES[statusCode] ?? 'Error';
      return { statusCode, ...(error.code === undefined ? {} : { code: error.code }), error: name, message };
    }
  }
  return toBody(new TidemarkError('TIDEMARK_ERR_INTERNAL'));
}

/**
 * The error handler of the diagnostics scope. Input errors become `TIDEMARK_ERR_INPUT_INVALID` and name every fault;
 * what nobody foresaw becomes `TIDEMARK_ERR_INTERNAL` and is only explained in the log.
 */
export function diagnosticsErrorHandler(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = (isFastifyError(error) ? inputError(error, request) : undefined) ?? error;
  const body = toBody(known);
  if (known instanceof TidemarkError && known.retryAfterSeconds !== undefined) {
    reply.header('retry-after', Math.max(1, Math.ceil(known.retryAfterSeconds)));
  }
  const level = body.statusCode < 500 || error instanceof TidemarkError ? 'info' : 'error';
  request.log[level]({ err: error }, body.message);
  // As a string: an error is JSON also where text was asked for, or where the route had chosen another serializer.
  void reply.code(body.statusCode).type('application/json; charset=utf-8').send(JSON.stringify(body));
}
