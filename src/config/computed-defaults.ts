import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The facts that computed defaults depend on. */
export interface HostFacts {
  readonly temporaryDirectory: string;
  readonly workingDirectory: string;
  readonly mainScript: string;
  /** Numeric on POSIX; Windows has none, and its temporary directory is the user's own. */
  readonly userId: number | undefined;
}

export function currentHost(): HostFacts {
  return {
    temporaryDirectory: tmpdir(),
    workingDirectory: process.cwd(),
    mainScript: process.argv[1] ?? '',
    userId: process.getuid?.(),
  };
}

/** The same program gets the same folder after a restart; another user or program gets another. */
function stateDirectory(host: HostFacts): string {
  const identity = createHash('sha256').update(`${host.workingDirectory}\0${host.mainScript}`).digest('hex');
  return join(host.temporaryDirectory, `tidemark-${host.userId ?? 'user'}-${identity.slice(0, 12)}`);
}

/** The defaults that the schema cannot state, by option path. */
export function computedDefaults(env: NodeJS.ProcessEnv, host: HostFacts): ReadonlyMap<string, unknown> {
  return new Map([
    ['responseHeaders', env['NODE_ENV'] === 'production' ? 'authorized' : 'always'],
    ['stateDirectory', stateDirectory(host)],
  ]);
}
