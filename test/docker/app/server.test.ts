import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { loadEnvironmentFile } from '../../../docker/app/environment-file.js';
import { readSettings } from '../../../docker/app/settings.js';
import { banner, failure } from '../../../docker/app/text.js';

const entry = (name: string): string =>
  fileURLToPath(new URL(`../../../docker/app/${name}.js`, import.meta.url));

interface Run {
  readonly child: ChildProcess;
  /** Everything written so far. */
  readonly written: { out: string; err: string };
  /** Resolves when standard output matches, rejects when the process ends before. */
  said(pattern: RegExp): Promise<string>;
  /** The same for standard error. */
  logged(pattern: RegExp): Promise<string>;
  /** Exit code, once output is complete. */
  readonly ended: Promise<number | null>;
}

/** Runs a program of docker/app in a folder of its own, with no Tidemark variables but `env`. */
function start(
  t: Test,
  name: string,
  env: Record<string, string>,
  args: string[] = [],
  cwd = t.testdir({}),
): Run {
  const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith('TIDEMARK_'));
  const child = spawn(process.execPath, [entry(name), ...args], {
    cwd,
    env: { ...Object.fromEntries(inherited), TIDEMARK_STATE_DIRECTORY: join(cwd, 'state'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (written.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (written.err += chunk.toString()));
  const ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const until = async (from: 'out' | 'err', pattern: RegExp): Promise<string> => {
    for (;;) {
      const match = pattern.exec(written[from]);
      if (match !== null) return match[1] ?? match[0];
      const stream = from === 'out' ? child.stdout : child.stderr;
      const more = await Promise.race([once(stream, 'data'), ended.then(() => undefined)]);
      if (more === undefined) throw new Error(`ended without ${pattern}: ${written.err}`);
    }
  };
  return {
    child,
    written,
    said: (pattern) => until('out', pattern),
    logged: (pattern) => until('err', pattern),
    ended,
  };
}

t.test('settings have defaults, and an empty variable is one that was not given', async (t) => {
  const expected = { ok: true, settings: { host: '127.0.0.1', port: 3000, logLevel: 'info' } };
  t.strictSame(readSettings({}), expected);
  t.strictSame(readSettings({ TIDEMARK_SERVER_PORT: ' ', TIDEMARK_SERVER_HOST: '' }), expected);
});

t.test('all wrong settings are reported together', async (t) => {
  t.strictSame(readSettings({ TIDEMARK_SERVER_PORT: '65536', TIDEMARK_SERVER_LOG_LEVEL: 'loud' }), {
    ok: false,
    problems: [
      'TIDEMARK_SERVER_PORT is "65536"; expected an integer from 0 to 65535',
      'TIDEMARK_SERVER_LOG_LEVEL is "loud"; expected one of fatal, error, warn, info, debug, trace, silent',
    ],
  });
  for (const port of ['-1', '80.5', '0x50', 'http', '1e3']) {
    t.match(readSettings({ TIDEMARK_SERVER_PORT: port }), { ok: false }, port);
  }
});

t.test('the banner offers only commands whose routes exist', async (t) => {
  const text = banner('http://127.0.0.1:8080', ['/api/memory/stats', '/api/health']);
  t.match(text, "curl -s 'http://127.0.0.1:8080/api/health'\n");
  t.match(text, "curl -s 'http://127.0.0.1:8080/api/memory/stats?format=text'\n");
  t.notMatch(text, 'metrics');
  const apart = banner('http://127.0.0.1:8080', ['/metrics'], 'http://127.0.0.1:9000');
  t.match(
    apart,
    "try:\n  curl -s 'http://127.0.0.1:9000/health'\n  curl -s 'http://127.0.0.1:8080/metrics'\n",
  );
});

t.test('a failure is one line, with what to do where that is known', async (t) => {
  const busy = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });
  t.match(failure(busy), /^tidemark: listen EADDRINUSE; stop what uses the port/);
  t.equal(failure(new Error('Two faults:\n  - one\n  - two')), 'tidemark: Two faults: one; two');
  t.equal(failure('text'), 'tidemark: text');
});

t.test('an environment file may be absent, but not unreadable', async (t) => {
  const dir = t.testdir({ folder: {} });
  t.equal(loadEnvironmentFile(join(dir, 'none')), false);
  t.throws(() => loadEnvironmentFile(join(dir, 'folder')), { message: /^cannot read .*folder: / });
});

t.test('it says how it is used', async (t) => {
  const { ended, written } = start(t, 'server', {}, ['--help']);
  t.equal(await ended, 0);
  t.match(written.out, /TIDEMARK_SERVER_PORT +port to listen on/);
});

t.test('it serves what .env says, answers, and stops when told to', async (t) => {
  const cwd = t.testdir({
    '.env': 'TIDEMARK_SERVER_PORT=0\nTIDEMARK_SERVER_HOST=192.0.2.1\nTIDEMARK_SERVER_LOG_LEVEL=warn\n',
  });
  // The address in .env (TEST-NET-1) is nobody's: only if the real environment wins does this start.
  const server = start(t, 'server', { TIDEMARK_SERVER_HOST: '127.0.0.1' }, [], cwd);
  const health = await server.said(/curl -s '(http:\/\/127\.0\.0\.1:\d+\/health)'/);

  const response = await fetch(health);
  t.equal(response.status, 200);
  t.match(await response.json(), { status: /^(ok|warning|critical)$/ });

  const check = start(t, 'healthcheck', {}, [health]);
  t.equal(await check.ended, 0, check.written.err);

  server.child.kill('SIGTERM');
  t.equal(await server.ended, 0, server.written.err);
  t.equal(server.written.err, '', 'at level warn an uneventful life logs nothing');

  const gone = start(t, 'healthcheck', {}, [health]);
  t.equal(await gone.ended, 1, 'the health check fails once it is gone');
});

t.test('a second signal ends it at once', async (t) => {
  const server = start(t, 'server', { TIDEMARK_SERVER_PORT: '0' });
  const health = await server.said(/curl -s '(http:\/\/127\.0\.0\.1:\d+\/health)'/);
  // A request that never completes keeps close() waiting.
  const socket = connect(Number(new URL(health).port), '127.0.0.1');
  t.teardown(() => socket.destroy());
  await once(socket, 'connect');
  socket.on('error', () => socket.destroy());
  const request = 'POST /memory/gc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
  socket.write(`${request}Content-Length: 20\r\nExpect: 100-continue\r\n\r\n`);
  t.match(String(await once(socket, 'data')), 'HTTP/1.1 100 Continue', 'it waits for the body');
  server.child.kill('SIGINT');
  await server.logged(/"stopping"/);
  server.child.kill('SIGINT');
  t.equal(await server.ended, 1);
});

t.test('a wrong setting, option or argument stops it with one clear line', async (t) => {
  const cases: readonly [env: Record<string, string>, args: string[], message: RegExp][] = [
    [{ TIDEMARK_SERVER_PORT: 'http' }, [], /TIDEMARK_SERVER_PORT is "http"; expected an integer/],
    [
      { TIDEMARK_SERVER_PORT: '0', TIDEMARK_HISTORY_INTERVAL_SECONDS: 'soon' },
      [],
      /TIDEMARK_HISTORY_INTERVAL_SECONDS/,
    ],
    [{}, ['--port', '80'], /Unknown option '--port'/],
  ];
  for (const [env, args, message] of cases) {
    const { ended, written } = start(t, 'server', env, args);
    t.equal(await ended, 1);
    t.match(written.err, message);
    t.equal(written.err.trimEnd().split('\n').length, 1, `no stack: ${written.err}`);
    t.equal(written.out, '');
  }
});

t.test('a port in use stops it with one clear line', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.teardown(() => other.close());
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  const { ended, written } = start(t, 'server', {
    TIDEMARK_SERVER_PORT: port,
    TIDEMARK_SERVER_LOG_LEVEL: 'error',
  });
  t.equal(await ended, 1);
  t.match(written.err, /EADDRINUSE.*set TIDEMARK_SERVER_PORT\n$/);
  t.equal(written.err.trimEnd().split('\n').length, 1, written.err);
});
