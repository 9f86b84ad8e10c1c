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
  return {
    skip: skipUnless(false, `${name} is not installed; apt-get install ${packages[name] ?? name}`, env),
  };
}

/**
 * What a test hands to tap's `skip` option when it needs something of the machine.
 *
 * @throws Error when that is missing and `TIDEMARK_REQUIRE_ALL` is `1`
 */
export function skipUnless(
  isThere: boolean,
  reason: string,
  env: NodeJS.ProcessEnv = process.env,
): false | string {
  if (isThere) return false;
  if (env['TIDEMARK_REQUIRE_ALL'] === '1') throw new Error(reason);
  return reason;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
