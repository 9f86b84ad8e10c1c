import { PassThrough, Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { runCommandLine } from '../../src/cli/command-line.js';
import type { Command } from '../../src/cli/command.js';

export interface Outcome {
  readonly code: number;
  readonly bytes: Buffer;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line within this process. */
export async function run(
  commands: readonly Command[],
  argv: readonly string[],
  { input = [], isTTY = false }: { input?: Iterable<unknown> | AsyncIterable<unknown>; isTTY?: boolean } = {},
): Promise<Outcome> {
  const stdout = new PassThrough();
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const written = [buffer(stdout), text(stderr)] as const;
  const code = await runCommandLine(commands, argv, { stdin: Readable.from(input), stdout, stderr });
  stdout.end();
  stderr.end();
  const bytes = await written[0];
  return { code, bytes, stdout: bytes.toString(), stderr: await written[1] };
}
