import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { hoistNamedSchemas } from '../../scripts/openapi/components.js';

const script = fileURLToPath(new URL('../../scripts/generate-openapi.js', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    // What the developer has configured is no part of the document.
    env: { ...process.env, TIDEMARK_PREFIX: '/mine', TIDEMARK_LISTEN: '127.0.0.1:1' },
  });
  return { status, text: stdout + stderr };
}

t.test(
  '--check fails on a stale file and says how to renew it; without it the file is written',
  async (t) => {
    const dir = t.testdir({ docs: {} });
    copyFileSync(join(root, 'package.json'), join(dir, 'package.json'));
    t.match(run('--check', dir), {
      status: 1,
      text: /docs\/openapi\.json is not up to date.*npm run generate:openapi/,
    });
    t.match(run(dir), { status: 0, text: 'Wrote docs/openapi.json.' });
    const file = join(dir, 'docs/openapi.json');
    t.equal(readFileSync(file, 'utf8'), readFileSync(join(root, 'docs/openapi.json'), 'utf8'));
    t.match(run('--check', dir), { status: 0, text: '' });
    writeFileSync(file, '{}');
    t.equal(run('--check', dir).status, 1);
  },
);

t.test('a schema with a name is written once, and a name means one schema', async (t) => {
  const named = { title: 'Size', type: 'object', properties: { title: { type: 'string' } } };
  const { value, schemas } = hoistNamedSchemas({ a: [named], b: named, info: { title: 'Not a schema' } });
  t.same(value, {
    a: [{ $ref: '#/components/schemas/Size' }],
    b: { $ref: '#/components/schemas/Size' },
    info: { title: 'Not a schema' },
  });
  t.same(schemas, { Size: { type: 'object', properties: { title: { type: 'string' } } } });
  t.throws(
    () => hoistNamedSchemas([named, { title: 'Size', type: 'string' }]),
    /two different schemas.*Size/,
  );
});
