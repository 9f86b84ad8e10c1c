import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';

/** Where a test may listen on a Unix socket; `t.testdir()` is deeper than the 107 bytes that Linux allows. */
export function socketPathOf(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, 's');
}
