import { join } from 'node:path';
import t from 'tap';
import { requiredTool, skipUnless } from './required-tool.js';

t.test('a tool on the PATH is found in the first folder that has it', async (t) => {
  const node = requiredTool('node', { PATH: `::/nonexistent:${join(process.execPath, '..')}` });
  t.strictSame(node, { path: process.execPath, skip: false });
});

t.test('folders and files that cannot be run are no tools', async (t) => {
  const dir = t.testdir({ tool: {}, text: 'not a program' });
  t.match(requiredTool('tool', { PATH: dir }).skip, 'tool is not installed; apt-get install tool');
  t.match(requiredTool('text', { PATH: dir }).skip, 'text is not installed');
});

t.test('any other precondition is a visible skip, or a failure where all is required', async (t) => {
  t.equal(skipUnless(true, 'no addon', { TIDEMARK_REQUIRE_ALL: '1' }), false);
  t.equal(skipUnless(false, 'no addon', {}), 'no addon');
  t.throws(() => skipUnless(false, 'no addon', { TIDEMARK_REQUIRE_ALL: '1' }), { message: 'no addon' });
});

t.test('a missing tool is a visible skip that names the package', async (t) => {
  t.strictSame(requiredTool('promtool', { PATH: '', TIDEMARK_REQUIRE_ALL: '0' }), {
    skip: 'promtool is not installed; apt-get install prometheus',
  });
  t.match(requiredTool('promtool', {}).skip, 'apt-get install prometheus');
});

t.test('a missing tool is a failure where everything is required', async (t) => {
  t.throws(() => requiredTool('promtool', { PATH: '', TIDEMARK_REQUIRE_ALL: '1' }), {
    message: /promtool is not installed/,
  });
});
