import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The Debian package that holds a tool whose package is named differently. */
const packages: Readonly<Record<string, string>> = { promtool: 'prometheus', go: 'golang-go' };

/** Where an outside program is, and what a test that needs it hands to tap's `skip` option. */
export interface RequiredTool {
  /** Absolute path of the program; absent when it is not on the PATH. */
  readonly path?: string;
  /** `false` when the tool is there, otherwise the reason that tap prints for the test that cannot run. */
  readonly skip: false | string;
}

/**
 * Looks for `name` on the PATH.
 *
 * @throws Error when it is missing and `TIDEMARK_REQUIRE_ALL` is `1`: there, a test that does not run is a failure.
 */
export function requiredTool(name: string, env: NodeJS.ProcessEnv = process.env): RequiredTool {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = join(folder, name);
    if (isExecutable(path)) return { path, skip: false };
  }
  const reason = `${name} is not installed; apt-get install ${packages[name] ?? name}`;
  if (env['TIDEMARK_REQUIRE_ALL'] === '1') throw new Error(reason);
  return { skip: reason };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
