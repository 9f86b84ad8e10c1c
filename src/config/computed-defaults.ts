import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What defaults that depend on the process are computed from. */
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

/** The same program started again finds the same folder; another user or another program does not. */
function stateDirectory(host: HostFacts): string {
  const identity = createHash('sha256').update(`${host.workingDirectory}\0${host.mainScript}`).digest('hex');
  return join(host.temporaryDirectory, `tidemark-${host.userId ?? 'user'}-${identity.slice(0, 12)}`);
}

/** The defaults that cannot be written in the schema, by option path. */
export function computedDefaults(env: NodeJS.ProcessEnv, host: HostFacts): ReadonlyMap<string, unknown> {
  return new Map([
    ['responseHeaders', env['NODE_ENV'] === 'production' ? 'authorized' : 'always'],
    ['stateDirectory', stateDirectory(host)],
  ]);
}
