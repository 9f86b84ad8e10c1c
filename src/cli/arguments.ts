import { parseArgs } from 'node:util';
import { TidemarkError } from '../base/errors.js';

/** How the outcome is written: aligned text, one JSON document, or an HTML page into a file. */
export type Output =
  { readonly kind: 'text' } | { readonly kind: 'json' } | { readonly kind: 'html'; readonly file: string };

export interface CommandOptions {
  readonly output: Output;
  readonly top: number;
  readonly showStrings: boolean;
  readonly light: boolean;
}

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | ({ readonly kind: 'analyze'; readonly file: string } & CommandOptions)
  | ({ readonly kind: 'compare'; readonly files: readonly string[] } & CommandOptions);

export const USAGE = `Usage: tidemark analyze FILE [options]
       tidemark compare FIRST SECOND [MORE...] [options]
       tidemark redact IN OUT [--force]

analyze says what holds the memory of a heap snapshot; compare says what grew from the first to the last of several
snapshots of one process; redact removes what is secret (see tidemark redact --help). FILE is a .heapsnapshot as it is or packed with gzip.

  --json            print one JSON document
  --html OUTPUT     write a self-contained page into that file
  --top N           length of each list, 1 to 1000 (default 20)
  --light           analyze: classes only, with a tenth of the memory
  --show-strings    analyze: show the beginning of duplicate strings; without it no content of a string is shown
  --version         print the version
  --help            print this

Exit code 0: done; 1: a file cannot be used, the message has a code; 2: the command line is wrong.
`;

const FLAGS = {
  json: { type: 'boolean', default: false },
  html: { type: 'string' },
  top: { type: 'string', default: '20' },
  light: { type: 'boolean', default: false },
  'show-strings': { type: 'boolean', default: false },
  version: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const MAX_FILES = 10;

/** Reads the command line. Throws `TIDEMARK_ERR_CLI_USAGE` for one that is wrong. */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const [name, ...files] = positionals;
  const options: CommandOptions = {
    output: output(values.json, values.html),
    top: integer('--top', values.top, 1, 1000),
    showStrings: values['show-strings'],
    light: values.light,
  };
  switch (name) {
    case 'analyze':
      if (files.length !== 1) throw usage(`analyze takes one file, not ${files.length}`);
      return { kind: 'analyze', file: files[0]!, ...options };
    case 'compare':
      if (files.length < 2 || files.length > MAX_FILES) {
        throw usage(`compare takes 2 to ${MAX_FILES} files, not ${files.length}`);
      }
      if (options.light) throw usage('--light is for analyze only');
      return { kind: 'compare', files, ...options };
    default:
      throw usage(name === undefined ? 'a command is missing: analyze or compare' : `no command "${name}"`);
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function output(json: boolean, html: string | undefined): Output {
  if (json && html !== undefined) throw usage('--json and --html exclude each other');
  if (html === '') throw usage('--html needs the name of a file');
  return html === undefined ? (json ? { kind: 'json' } : { kind: 'text' }) : { kind: 'html', file: html };
}

function integer(flag: string, text: string, low: number, high: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= low && value <= high) return value;
  throw usage(`${flag} must be a whole number from ${low} to ${high}, not '${text}'`);
}

function usage(reason: string): TidemarkError {
  return new TidemarkError('TIDEMARK_ERR_CLI_USAGE', { reason });
}
