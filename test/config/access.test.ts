import { inspect } from 'node:util';
import t from 'tap';
import { readAccessTokens } from '../../src/config/access-token.js';
import { readListenAddress } from '../../src/config/listen-address.js';
import { resolveOptions } from '../../src/config/resolve.js';
import { TidemarkError } from '../../src/base/errors.js';

const A = 'aaaaaaaa-0123456789';
const B = 'bbbbbbbb-0123456789';

function tokens(value: unknown) {
  return resolveOptions({ token: value }, {}).token;
}

t.test('every form of a token', async (t) => {
  t.strictSame(tokens(A), [{ token: A, role: 'operate', name: 'operate-1' }]);
  t.strictSame(tokens(`read:${A}`), [{ token: A, role: 'read', name: 'read-1' }]);
  t.strictSame(tokens([`operate:${A}`, { token: B, role: 'read', name: 'grafana' }]), [
    { token: A, role: 'operate', name: 'operate-1' },
    { token: B, role: 'read', name: 'grafana' },
  ]);
  t.strictSame(tokens([{ token: A, role: 'operate' }]), [{ token: A, role: 'operate', name: 'operate-1' }]);
  t.strictSame(tokens([]), []);
  t.strictSame(tokens('read:aGVsbG8gd29ybGQhIQ=='), [
    { token: 'aGVsbG8gd29ybGQhIQ==', role: 'read', name: 'read-1' },
  ]);
});

t.test('every wrong token is refused, and no message, detail or inspection shows it', async (t) => {
  const secret = 'hunter2-hunter2-hunter2';
  const wrong: readonly [value: unknown, path: string, message: string][] = [
    ['hunter2', 'token', 'is a token of 7 characters; expected a token of 16 to 512 characters'],
    ['read:hunter2', 'token', 'is a token of 7 characters'],
    ['hunter2-1234567', 'token', 'is a token of 15 characters'],
    ['', 'token', 'is a token of 0 characters'],
    ['hunter2'.repeat(100), 'token', 'is a token of 700 characters'],
    [`raed:${secret}`, 'token', 'contains a character that a bearer token cannot have'],
    [`${secret},${secret}`, 'token', 'contains a character'],
    [5, 'token', 'is a number; expected a string or { token, role, name? }'],
    [[[secret]], 'token[0]', 'is an array of 1 items; expected a string'],
    [[{ token: secret }], 'token[0].role', 'is undefined; expected "read" or "operate"'],
    [[{ token: secret, role: 'admin' }], 'token[0].role', 'expected "read" or "operate"'],
    [[{ token: 5, role: 'read' }], 'token[0].token', 'is a number; expected a string'],
    [[{ token: secret, role: 'read', name: 'a\nb' }], 'token[0].name', 'expected 1 to 64 letters'],
    [[{ token: secret, role: 'read', [secret]: 1 }], 'token[0]', 'has an unknown key'],
    [[secret, `read:${secret}`], 'token[1]', 'has the same token as token[0]'],
    [[{ token: secret, role: 'read', name: 'operate-2' }, A], 'token[1]', 'has the same name as token[0]'],
    [Array.from({ length: 65 }, () => secret), 'token', 'expected at most 64 tokens'],
  ];
  for (const [value, path, message] of wrong) {
    try {
      resolveOptions({ token: value }, {});
      t.fail(`accepted ${message}`);
    } catch (error) {
      t.type(error, TidemarkError);
      if (!(error instanceof TidemarkError)) continue;
      t.equal(error.details?.length, 1, message);
      t.equal(error.details?.[0]?.path, path);
      t.ok(error.details?.[0]?.message.includes(message), message);
      t.notMatch(inspect(error, { depth: 9 }) + JSON.stringify(error.details), /hunter2/);
    }
  }
});

t.test('a token under a mistyped option is not shown either', async (t) => {
  const secret = 'hunter2-hunter2-hunter2';
  for (const [input, env] of [
    [{ tokens: secret }, {}],
    [{ tokens: [secret] }, {}],
    [secret, {}],
    [{}, { TIDEMARK_TOKNE: secret }],
  ] as const) {
    try {
      resolveOptions(input, env);
      t.fail('accepted');
    } catch (error) {
      t.notMatch(inspect(error, { depth: 9 }), /hunter2/);
    }
  }
});

t.test('all wrong tokens of a list are named at once, by the variable when they come from it', async (t) => {
  const reading = readAccessTokens(['short', 5, A], 'TIDEMARK_TOKEN');
  t.match(reading, { ok: false, problems: [{ path: 'TIDEMARK_TOKEN[1]' }, { path: 'TIDEMARK_TOKEN[0]' }] });
});

t.test('every form of a listen address', async (t) => {
  for (const [text, host, port] of [
    ['localhost:9400', 'localhost', 9400],
    ['0.0.0.0:80', '0.0.0.0', 80],
    [':9400', '127.0.0.1', 9400],
    ['9400', '127.0.0.1', 9400],
    ['0', '127.0.0.1', 0],
    ['[::1]:9400', '::1', 9400],
    ['[::]:65535', '::', 65_535],
    ['my_pod.svc:1', 'my_pod.svc', 1],
  ] as const) {
    t.strictSame(readListenAddress(text, 'listen', 'x'), { ok: true, value: { host, port } }, text);
  }
});

t.test('a wrong listen address is refused', async (t) => {
  for (const value of [
    'localhost',
    'localhost:',
    'localhost:65536',
    'localhost:123456',
    'localhost:http',
    '::1:9400',
    '[::1]',
    '[127.0.0.1]:80',
    '[nonsense]:80',
    '256.1.1.1:80',
    'http://localhost:80',
    '-a:80',
    '',
    9400,
    null,
  ]) {
    t.match(
      readListenAddress(value, 'listen', 'x'),
      { ok: false, problems: [{ path: 'listen' }] },
      String(value),
    );
  }
});
