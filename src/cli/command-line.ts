import { readFile } from 'node:fs/promises';
import { TidemarkError } from '../base/errors.js';
import { packageFolder } from '../base/package-folders.js';
import { flagLines, helpOf, usageError, type Command, type CommandStreams } from './command.js';

const OWN_FLAGS = {
  version: { type: 'boolean', help: 'print the version' },
  help: { type: 'boolean', help: 'print this, or after a command what it takes' },
} as const;
const EXIT_CODES =
  'Exit code 0: done; 1: a file cannot be used, the message has a code; 2: the command line is wrong.';

/** Runs one of the commands; returns the exit code and never throws. */
export async function runCommandLine(
  commands: readonly Command[],
  argv: readonly string[],
  streams: CommandStreams,
): Promise<number> {
  const at = argv[0]?.startsWith('-') === true ? argv.findIndex((word) => find(commands, word)) : 0;
  const command = find(commands, argv[at]);
  try {
    if (command !== undefined) await command.run(argv.toSpliced(at, 1), streams);
    else streams.stdout.write(await ownAnswer(commands, argv));
    return 0;
  } catch (error) {
    const isKnown = error instanceof TidemarkError;
    streams.stderr.write(isKnown ? `${error.code}: ${error.message}\n` : `${String(error)}\n`);
    if (!isKnown || error.code !== 'TIDEMARK_ERR_CLI_USAGE') return 1;
    streams.stderr.write(`\n${command === undefined ? usageLines(commands) : helpOf(command)}`);
    return 2;
  }
}

function find(commands: readonly Command[], word: string | undefined): Command | undefined {
  return commands.find(({ name }) => name === word);
}

async function ownAnswer(commands: readonly Command[], [first]: readonly string[]): Promise<string> {
  if (first === '--help' || first === '-h') return help(commands);
  if (first === '--version') return `${await version()}\n`;
  const names = commands.map(({ name }) => name).join(', ');
  if (first === undefined) throw usageError(`a command is missing: one of ${names}`);
  throw usageError(
    first.startsWith('-') ? `no option "${first}"` : `no command "${first}": it is one of ${names}`,
  );
}

function usageLines(commands: readonly Command[]): string {
  return commands
    .map(({ name, synopsis }, i) => `${i === 0 ? 'Usage:' : '      '} tidemark ${name} ${synopsis}\n`)
    .join('');
}

function help(commands: readonly Command[]): string {
  const descriptions = commands.map(({ name, description }) => `${name}: ${description}\n`);
  return `${usageLines(commands)}\n${descriptions.join('')}${flagLines(OWN_FLAGS)}\n\n${EXIT_CODES}\n`;
}

async function version(): Promise<string> {
  const text = await readFile(new URL('package.json', packageFolder), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
