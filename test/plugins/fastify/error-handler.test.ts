import Fastify, { type FastifyInstance, type FastifySchemaValidationError } from 'fastify';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { diagnosticsErrorHandler } from '../../../plugins/fastify/error-handler.js';
import { validationDetails } from '../../../plugins/fastify/validation-details.js';
import { TidemarkError } from '../../../src/base/errors.js';

async function serve(t: Test, routes: (scope: FastifyInstance) => void) {
  const lines: string[] = [];
  const app = Fastify({
    logger: { stream: { write: (line: string) => void lines.push(line) } },
    ajv: { customOptions: { allErrors: true, removeAdditional: false } },
  });
  t.teardown(() => app.close());
  await app.register(async (scope) => {
    scope.setErrorHandler(diagnosticsErrorHandler);
    routes(scope);
  });
  const base = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    lines,
    async call(path: string, init: { body?: string; headers?: Record<string, string> } = {}) {
      const method = init.body === undefined ? 'GET' : 'POST';
      const answer = await request(`${base}${path}`, { method, ...init });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: (await answer.body.json()) as Record<string, unknown>,
      };
    },
  };
}

const json = { 'content-type': 'application/json' };

function hostValidator() {
  return { error: new Error('the validator of the host says no') };
}

function withStatus(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode });
}

function fault(
  keyword: string,
  params: FastifySchemaValidationError['params'],
  instancePath = '/a',
): FastifySchemaValidationError {
  return { keyword, params, instancePath, schemaPath: '', message: 'no' };
}

function throwing(error: unknown) {
  return async () => {
    throw error;
  };
}

t.test(
  'input that does not fit its schema is 400 and names every fault and what would be right',
  async (t) => {
    const { call } = await serve(t, (scope) => {
      const querystring = {
        type: 'object',
        additionalProperties: false,
        properties: {
          seconds: { type: 'integer', minimum: 1, maximum: 60 },
          format: { enum: ['json', 'text'] },
        },
      };
      const body = {
        type: 'object',
        required: ['label'],
        properties: {
          label: { type: 'string', maxLength: 4 },
          list: { type: 'array', items: { type: 'integer' } },
        },
      };
      const headers = { type: 'object', properties: { 'x-key': { type: 'integer' } } };
      scope.get('/q', { schema: { querystring, headers } }, async () => ({}));
      scope.post('/b', { schema: { body } }, async () => ({}));
      scope.get(
        '/p/:id',
        { schema: { params: { type: 'object', properties: { id: { type: 'integer' } } } } },
        async () => ({}),
      );
    });
    const query = await call('/q?seconds=0&format=xml&fomat=1');
    t.match(query, {
      status: 400,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: {
        statusCode: 400,
        code: 'TIDEMARK_ERR_INPUT_INVALID',
        error: 'Bad Request',
        message: /not valid/,
      },
    });
    t.same(query.body['details'], [
      {
        path: 'querystring.fomat',
        message: 'must NOT have additional properties',
        value: '1',
        expected: 'to be absent',
      },
      { path: 'querystring.seconds', message: 'must be >= 1', value: 0, expected: '>= 1' },
      {
        path: 'querystring.format',
        message: 'must be equal to one of the allowed values',
        value: 'xml',
        expected: 'one of json, text',
      },
    ]);
    t.match((await call('/b', { body: '{"list":[1,"x"]}', headers: json })).body['details'], [
      { path: 'body.label', expected: 'to be present' },
      { path: 'body.list.1', value: 'x', expected: 'integer' },
    ]);
    t.match((await call('/b', { body: '{"label":"12345"}', headers: json })).body['details'], [
      { path: 'body.label', value: '12345', expected: 'at most 4 characters' },
    ]);
    t.match((await call('/p/x')).body['details'], [{ path: 'params.id', value: 'x', expected: 'integer' }]);
    const header = await call('/q', { headers: { 'x-key': 'secret' } });
    t.same(header.body['details'], [
      { path: 'headers.x-key', message: 'must be integer', expected: 'integer' },
    ]);
  },
);

t.test(
  'a body that cannot be read is an input error too; other refusals of Fastify keep their own code',
  async (t) => {
    const { call } = await serve(t, (scope) => {
      scope.post('/b', { bodyLimit: 10 }, async () => ({}));
      scope.post(
        '/custom',
        { schema: { body: {} }, validatorCompiler: () => hostValidator },
        async () => ({}),
      );
    });
    for (const body of ['{', '']) {
      t.match(await call('/b', { body, headers: json }), {
        status: 400,
        body: { code: 'TIDEMARK_ERR_INPUT_INVALID', details: [{ path: 'body', expected: 'a JSON text' }] },
      });
    }
    t.match(await call('/b', { body: '{"a":"aaaaaaaaa"}', headers: json }), {
      status: 413,
      body: { code: /^FST_/ },
    });
    t.match(await call('/b', { body: 'x', headers: { 'content-type': 'a/b' } }), {
      status: 415,
      body: { code: /^FST_/ },
    });
    t.match(await call('/custom', { body: '{}', headers: json }), {
      status: 400,
      body: {
        code: 'TIDEMARK_ERR_INPUT_INVALID',
        details: [{ path: 'body', message: /of the host says no/ }],
      },
    });
  },
);

t.test('our errors say when to come back and what the details are', async (t) => {
  const details = [{ path: 'x', message: 'is wrong' }];
  const { call } = await serve(t, (scope) => {
    scope.get(
      '/budget',
      throwing(new TidemarkError('TIDEMARK_ERR_COST_BUDGET', { retryAfterSeconds: 12.2 })),
    );
    scope.get('/soon', throwing(new TidemarkError('TIDEMARK_ERR_COST_OVERLOADED', { retryAfterSeconds: 0 })));
    scope.get('/busy', throwing(new TidemarkError('TIDEMARK_ERR_COST_BUSY', { reason: 'gc', details })));
  });
  t.match(await call('/budget'), { status: 429, headers: { 'retry-after': '13' } });
  t.match(await call('/soon'), { status: 503, headers: { 'retry-after': '1' } });
  const busy = await call('/busy');
  t.equal(busy.headers['retry-after'], undefined);
  t.match(busy.body, {
    statusCode: 409,
    code: 'TIDEMARK_ERR_COST_BUSY',
    error: 'Conflict',
    message: /: gc/,
    details,
  });
});

t.test('what nobody foresaw is explained in the log and nowhere else', async (t) => {
  const { call, lines } = await serve(t, (scope) => {
    scope.get('/error', throwing(new Error('password=hunter2')));
    scope.get('/502', throwing(withStatus(502, 'upstream password=hunter2')));
    scope.get('/text', throwing('password=hunter2'));
    scope.get('/teapot', throwing(withStatus(418, 'meant for the client')));
    scope.get('/odd', throwing(withStatus(499, 'no name for that')));
    scope.get('/bad', throwing(withStatus(400, 'bad in another way')));
  });
  for (const path of ['/error', '/502', '/text']) {
    lines.length = 0;
    const answer = await call(path);
    t.same(answer.body, {
      statusCode: 500,
      code: 'TIDEMARK_ERR_INTERNAL',
      error: 'Internal Server Error',
      message: 'The diagnostics failed; the log says why',
    });
    t.equal(lines.filter((line) => /"level":50/.test(line) && /hunter2/.test(line)).length, 1, path);
  }
  t.same((await call('/teapot')).body, {
    statusCode: 418,
    error: "I'm a Teapot",
    message: 'meant for the client',
  });
  t.match((await call('/odd')).body, { statusCode: 499, error: 'Error' });
  t.match((await call('/bad')).body, {
    statusCode: 400,
    error: 'Bad Request',
    message: 'bad in another way',
  });
});

t.test('every keyword of a schema has words, and long or nested values are not repeated', async (t) => {
  const expected = (keyword: string, params: FastifySchemaValidationError['params']) =>
    validationDetails([fault(keyword, params)], 'body', {})[0]?.expected;
  t.equal(expected('const', { allowedValue: 'x' }), '"x"');
  t.equal(expected('exclusiveMaximum', { comparison: '<', limit: 5 }), '< 5');
  t.equal(expected('multipleOf', { multipleOf: 4 }), 'a multiple of 4');
  t.equal(expected('minLength', { limit: 1 }), 'at least 1 characters');
  t.equal(expected('minItems', { limit: 1 }), 'at least 1 items');
  t.equal(expected('maxItems', { limit: 2 }), 'at most 2 items');
  t.equal(expected('pattern', { pattern: '^a' }), 'a text that matches ^a');
  t.equal(expected('format', { format: 'date-time' }), 'a date-time');
  t.equal(expected('enum', {}), undefined);
  t.equal(expected('oneOf', {}), undefined);

  const value = (a: unknown) => validationDetails([fault('type', { type: 'x' })], 'body', { a })[0]?.value;
  t.equal(value('x'.repeat(200)), `${'x'.repeat(100)}…`);
  t.equal(value({ deep: 1 }), 'object');
  t.equal(value([1]), 'array');
  t.equal(value(null), null);
  t.match(validationDetails([fault('type', {}, '/a~1b/c~0d')], 'body', { 'a/b': { 'c~d': 7 } }), [
    { path: 'body.a/b.c~d', value: 7 },
  ]);
  const nameless = { keyword: 'type', params: {}, instancePath: '', schemaPath: '' };
  t.match(validationDetails([nameless], 'body', 5), [{ path: 'body', message: 'is not valid', value: 5 }]);
  t.equal(
    validationDetails(
      Array.from({ length: 100 }, () => nameless),
      'body',
      5,
    ).length,
    20,
    'bounded',
  );
});
