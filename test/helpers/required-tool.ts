import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian packages of tools whose package has a different name. */
const packages: Readonly<Record<string, string>> = { promtool: 'prometheus', go: 'golang-go' };

/** The location of an external program, and the value for tap's `skip` option in tests that need it. */
export interface RequiredTool {
  /** Absolute path of the program; absent if it is not on the PATH. */
  readonly path?: string;
  /** `false` if the tool is available, otherwise the reason that tap prints for the skipped test. */
  readonly skip: false | string;
}

/**
 * Looks for `name` on the PATH.
 *
 * @throws Error if it is missing and `TIDEMARK_REQUIRE_ALL` is `1`, where a skipped test is a failure
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
 * The value for tap's `skip` option in a test that needs a feature of the machine.
 *
 * @throws Error if that is missing and `TIDEMARK_REQUIRE_ALL` is `1`
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
