import type { Readable, Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { TidemarkError } from '../base/errors.js';

/** Streams that a command reads and writes, provided by the process. */
export interface CommandStreams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** Progress is shown if it is a terminal. */
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

/** An option for `parseArgs`, and its help. */
export interface Flag {
  readonly type: 'boolean' | 'string';
  readonly short?: string;
  readonly default?: string;
  /** Name of the value in the help. */
  readonly value?: string;
  readonly help: string;
}

export type Flags = Readonly<Record<string, Flag>>;

export type FlagValues<F extends Flags> = {
  readonly [K in keyof F]: F[K]['type'] extends 'boolean'
    ? boolean
    : F[K] extends { readonly default: string }
      ? string
      : string | undefined;
};

interface CommandSpec<F extends Flags> {
  readonly name: string;
  /** What follows the name on the command line. */
  readonly synopsis: string;
  readonly about: string;
  readonly flags: F;
  /** @throws TidemarkError `TIDEMARK_ERR_CLI_USAGE` for invalid arguments */
  run(args: readonly string[], values: FlagValues<F>, streams: CommandStreams): Promise<void>;
}

/** One command of `tidemark`. */
export interface Command {
  readonly name: string;
  readonly synopsis: string;
  /** What it does, and its options. */
  readonly description: string;
  run(argv: readonly string[], streams: CommandStreams): Promise<void>;
}

const HELP = { type: 'boolean', short: 'h', help: 'print this' } as const;

export function defineCommand<const F extends Flags>(spec: CommandSpec<F>): Command {
  const { name, synopsis, about, flags } = spec;
  const all = { ...flags, help: HELP };
  const command: Command = {
    name,
    synopsis,
    description: `${about}\n\n${flagLines(flags)}\n`,
    async run(argv, streams) {
      const { values, positionals } = parse(argv, all);
      if (values['help'] === true) streams.stdout.write(helpOf(command));
      else await spec.run(positionals, withDefaults(flags, values), streams);
    },
  };
  return command;
}

/** What `tidemark COMMAND --help` prints. */
export function helpOf({ name, synopsis, description }: Command): string {
  return `Usage: tidemark ${name} ${synopsis}\n\n${description}${flagLines({ help: HELP })}\n`;
}

export function flagLines(flags: Flags): string {
  return Object.entries(flags)
    .map(([name, { value = '', help }]) => `  ${`--${name} ${value}`.padEnd(17)} ${help}`)
    .join('\n');
}

export function usageError(reason: string): TidemarkError {
  return new TidemarkError('TIDEMARK_ERR_CLI_USAGE', { reason });
}

function parse(argv: readonly string[], flags: Flags) {
  try {
    return parseArgs({ args: [...argv], options: flags, allowPositionals: true });
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error));
  }
}

function withDefaults<F extends Flags>(flags: F, given: Readonly<Record<string, unknown>>): FlagValues<F> {
  const entries = Object.entries(flags).map(([name, { type }]) => [
    name,
    type === 'boolean' ? given[name] === true : given[name],
  ]);
  return Object.fromEntries(entries) as FlagValues<F>;
}
