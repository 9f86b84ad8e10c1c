import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { resolveOptions } from '../../src/config/resolve.js';
import { createRuntime } from '../../src/runtime/runtime.js';
import { call } from '../helpers/http.js';
import { until } from '../helpers/plugged-app.js';

t.test('a runtime is all that a server without a framework needs', async (t) => {
  const log = { info: () => undefined, warn: (details: object) => t.fail('a warning', { details }) };
  const options = resolveOptions({ stateDirectory: t.testdir() }, {});
  const runtime = createRuntime(options, { log });
  const { recorder, recording } = runtime.sensors;
  const row = recording!.rowOf('GET', '/hello');
  const server = createServer((request, response) => {
    if (request.url === '/metrics') {
      void runtime.metrics!.render(request.headers.accept).then((text) => response.end(text));
      return;
    }
    recording!.begin(response, row);
    response.end('hello');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await runtime.start();
  t.teardown(async () => {
    server.close();
    await runtime.stop();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  t.equal((await call(`${base}/hello`)).text, 'hello');
  await until('it was recorded', () => recorder!.completed === 1);
  await runtime.tick();
  const { text } = await call(`${base}/metrics`);
  t.match(text, /memory_request_duration_seconds_count\{[^}]*\/hello[^}]*\} 1/);
  t.equal((await runtime.openapi())['openapi'], '3.1.0');
});
