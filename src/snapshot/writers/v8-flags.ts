import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface RuntimeArguments {
  readonly execPath: string;
  readonly execArgv: readonly string[];
  readonly nodeOptions: string | undefined;
}

export const ownArguments = (): RuntimeArguments => ({
  execPath: process.execPath,
  execArgv: process.execArgv,
  nodeOptions: process.env['NODE_OPTIONS'],
});

/** The environment for a throw-away Node: nothing of the application may be loaded into it. */
export function throwAwayEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  return rest;
}

export interface V8Flags {
  /** Switches by name, without dashes in front; with everything the command line and V8's own rules make of them. */
  readonly values: ReadonlyMap<string, boolean>;
  /** The arguments of this process that are V8's, for another process to be like it. */
  readonly arguments: readonly string[];
}

/**
 * Reads V8's flags of this process. V8 offers no way to ask, so another Node with the same V8 arguments prints them
 * (`--print-flag-values`); changes made by the application at run time are not seen.
 *
 * @throws Error when no other Node can be started
 */
export async function readV8Flags(
  own: RuntimeArguments = ownArguments(),
  signal?: AbortSignal,
): Promise<V8Flags> {
  const plain = parseFlagValues(await printFlags(own.execPath, [], signal));
  if (plain.switches.size === 0) throw new Error('this Node does not print the flags of V8');
  const given = v8Arguments(own, plain.names);
  const { switches } =
    given.length === 0 ? plain : parseFlagValues(await printFlags(own.execPath, given, signal));
  return { values: switches, arguments: given };
}

const TIMEOUT_MS = 20_000;

async function printFlags(execPath: string, given: readonly string[], signal?: AbortSignal): Promise<string> {
  const { stdout } = await run(execPath, [...given, '--print-flag-values', '-e', '0'], {
    env: throwAwayEnvironment(),
    timeout: TIMEOUT_MS,
    maxBuffer: 1024 * 1024,
    ...(signal !== undefined && { signal }),
  });
  return stdout;
}

export interface PrintedFlags {
  readonly switches: Map<string, boolean>;
  /** All names, of those with values too. */
  readonly names: ReadonlySet<string>;
}

/** Reads lines like `--concurrent-marking`, `--no-minor-ms` and `--stack-size=984`. */
export function parseFlagValues(text: string): PrintedFlags {
  const switches = new Map<string, boolean>();
  const names = new Set<string>();
  for (const [, off, name, value] of text.matchAll(/^--(no-)?([\w-]+)(=.*)?$/gm)) {
    if (name === undefined) continue;
    names.add(name);
    if (value === undefined) switches.set(name, off === undefined);
  }
  return { switches, names };
}

const ofCollector =
  /marking|sweep|thread|predictable|gc|cppheap|parallel|concurrent|space-size|heap-size|minor-ms|jitless|lite-mode/;
const withOutput = /trace|print|expose|log|prof/;

/**
 * The arguments that are V8's and bear on its collector. All others are left out: those of Node load code, open ports or
 * write files, and so do V8's profilers and logs.
 */
export function v8Arguments(
  { execArgv, nodeOptions = '' }: Omit<RuntimeArguments, 'execPath'>,
  names: ReadonlySet<string>,
): string[] {
  return [...nodeOptions.split(/\s+/), ...execArgv].filter((argument) => {
    const name = /^--?([\w-]+)/.exec(argument)?.[1]?.replaceAll('_', '-');
    if (name === undefined || !ofCollector.test(name) || withOutput.test(name)) return false;
    return names.has(name) || names.has(name.replace(/^no-?/, ''));
  });
}
