import type { FastifyInstance } from 'fastify';
import { TidemarkError } from '../../src/base/errors.js';

/**
 * Reads bodies as JSON, whatever parsers the application has: also those that `curl -d '{"runs":2}'` sends, which calls
 * everything a form. No body, or an empty one, is none.
 */
export function parseBodies(scope: FastifyInstance): void {
  const parseJson = scope.getDefaultJsonParser('error', 'error');
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<string>(
    ['application/json', 'application/x-www-form-urlencoded'],
    { parseAs: 'string' },
    (request, body, done) => {
      if (body.trim() === '') done(null, null);
      else
        void parseJson(request, body, (fault, value) => done(fault === null ? null : notJson(fault), value));
    },
  );
  scope.addContentTypeParser('*', (request, _payload, done) => {
    const { 'content-type': type = 'none', 'content-length': length } = request.headers;
    if (length === '0') done(null, null);
    else done(new TidemarkError('TIDEMARK_ERR_INPUT_MEDIA_TYPE', { reason: `its content type is ${type}` }));
  });
}

/** Fastify's own message speaks of a content type that the client did not send. */
function notJson(cause: Error): TidemarkError {
  const details = [{ path: 'body', message: 'is not valid JSON', expected: 'a JSON text' }];
  return new TidemarkError('TIDEMARK_ERR_INPUT_INVALID', { details, cause });
}
