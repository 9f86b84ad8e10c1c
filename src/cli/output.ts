import { writeFile } from 'node:fs/promises';
import type { Block } from '../answers/render/block.js';
import { htmlPage } from '../answers/render/html.js';
import { textOf } from '../answers/render/text.js';
import { usageError, type CommandStreams } from './command.js';
import { fileError } from './snapshot-file.js';

/** Options of every command that prints an answer. */
export const OUTPUT_FLAGS = {
  json: { type: 'boolean', help: 'print one JSON document' },
  html: { type: 'string', value: 'OUTPUT', help: 'write a self-contained page into that file' },
} as const;

export const TOP_FLAG = {
  type: 'string',
  value: 'N',
  default: '20',
  help: 'length of each list, 1 to 1000 (default 20)',
} as const;

interface OutputValues {
  readonly json: boolean;
  readonly html: string | undefined;
}

/** A command's answer, as data and for people to read. */
export interface CommandAnswer {
  readonly json: object;
  readonly blocks: readonly Block[];
}

/** Rejects contradictory options before the work begins. */
export function checkOutput({ json, html }: OutputValues): void {
  if (json && html !== undefined) throw usageError('--json and --html exclude each other');
  if (html === '') throw usageError('--html needs the name of a file');
}

/** Prints an answer as text or JSON, or writes it to a file as a page. */
export async function put(
  { json, blocks }: CommandAnswer,
  values: OutputValues,
  { stdout }: CommandStreams,
): Promise<void> {
  if (values.html !== undefined) {
    // The content of a heap is not for every user of the machine.
    await writeFile(values.html, htmlPage(titleOf(blocks), blocks).html, { mode: 0o600 }).catch(
      (error: unknown) => {
        throw fileError(error, values.html);
      },
    );
  } else if (values.json) stdout.write(`${JSON.stringify(json, undefined, 2)}\n`);
  else stdout.write(textOf(blocks));
}

function titleOf(blocks: readonly Block[]): string {
  const [first] = blocks;
  return first?.kind === 'title' ? first.text : 'Tidemark';
}

/** @throws TidemarkError `TIDEMARK_ERR_CLI_USAGE` */
export function integer(flag: string, text: string, low: number, high: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= low && value <= high) return value;
  throw usageError(`${flag} must be a whole number from ${low} to ${high}, not '${text}'`);
}
