import { STATUS_CODES } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TidemarkError, type ErrorDetail } from '../../src/base/errors.js';

/** The body of every error: Fastify's shape with our code. */
interface ErrorBody {
  readonly statusCode: number;
  /** Absent only if a foreign error had none. */
  readonly code?: string;
  readonly error: string;
  readonly message: string;
  readonly details?: readonly ErrorDetail[];
}

interface ClientError {
  readonly statusCode: number;
  readonly code?: string;
  readonly message: string;
  readonly details?: readonly ErrorDetail[] | undefined;
}

/** Errors with a 4xx status are meant for the client, whether Fastify or a hook of the application threw them. */
function isForClient(error: unknown): error is Error & ClientError {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  return typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500;
}

/** What the client learns of an error; unexpected ones are explained only in the log. */
function toKnown(error: unknown): ClientError {
  if (error instanceof TidemarkError) return error;
  if (!isForClient(error)) return new TidemarkError('TIDEMARK_ERR_INTERNAL');
  if (error.statusCode !== 400 || error.code?.startsWith('FST_ERR_CTP_') !== true) return error;
  // A body that Fastify refused before our parser saw it.
  const details = [{ path: 'body', message: error.message, expected: 'a JSON text' }];
  return new TidemarkError('TIDEMARK_ERR_INPUT_INVALID', { details, cause: error });
}

/** Answers every error of the diagnostics in one shape. */
export function diagnosticsErrorHandler(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = toKnown(error);
  const { statusCode, code, message, details } = known;
  const body: ErrorBody = {
    statusCode,
    ...(code !== undefined && { code }),
    error: STATUS_CODES[statusCode] ?? 'Error',
    message,
    ...(details !== undefined && { details }),
  };
  if (known instanceof TidemarkError && known.retryAfterSeconds !== undefined) {
    reply.header('retry-after', Math.max(1, Math.ceil(known.retryAfterSeconds)));
  }
  const level = statusCode < 500 || error instanceof TidemarkError ? 'info' : 'error';
  request.log[level]({ err: error }, message);
  // As a string: an error is JSON even if text was requested, or the route chose another serializer.
  void reply.code(statusCode).type('application/json; charset=utf-8').send(JSON.stringify(body));
}
