import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, type Stats } from 'node:fs';
import { link, lstat, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { whole } from '../answers/render/phrases.js';
import { formatBytes } from '../answers/render/units.js';
import { TidemarkError } from '../base/errors.js';
import { createRedaction, redacting, type RedactionSummary } from '../snapshot/redaction/redaction.js';
import { defineCommand, usageError, type CommandStreams } from './command.js';
import { withProgress, type Progress } from './progress.js';
import { counted, fileError, progressOf, unpacked } from './snapshot-file.js';

interface Files {
  readonly input: string;
  readonly output: string;
  readonly force: boolean;
}

const STANDARD = '-';
const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

/** The output gets its name only when complete, and only its owner may read it. */
export const redact = defineCommand({
  name: 'redact',
  synopsis: 'IN OUT [--force]',
  about: `Removes what is secret from a V8 heap snapshot and keeps the names of classes, functions, files and properties.
IN and OUT are files, or - for standard input and output. A gzip file is read as well; OUT is one if it ends in .gz.`,
  flags: { force: { type: 'boolean', short: 'f', help: 'replace OUT if it exists' } },
  async run([input, output, ...others], { force }, streams) {
    if (input === undefined || output === undefined || others.length > 0) {
      throw usageError('it takes two files: IN and OUT');
    }
    const { values, names, keptNames, bytesWritten } = await stoppable((signal) =>
      withProgress(streams, async (progress) => {
        const files = { input, output, force };
        return redactFile(files, streams, progress, signal).catch((error: unknown) => {
          throw error instanceof TidemarkError ? error : fileError(error);
        });
      }),
    );
    streams.stderr.write(
      `${formatBytes(bytesWritten)}: ${whole(values)} values and ${whole(names)} names replaced, ${whole(keptNames)} names kept\n`,
    );
  },
});

/** When interrupted from the keyboard, the work ends cleanly and leaves no partial file. */
async function stoppable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  process.once('SIGINT', abort);
  try {
    return await work(stop.signal);
  } finally {
    process.off('SIGINT', abort);
  }
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Nobody means to replace a device or a folder. */
async function checkOutput({ output, force }: Files): Promise<void> {
  const found = output === STANDARD ? undefined : await statOf(output);
  if (found === undefined) return;
  if (!found.isFile() && !found.isSymbolicLink()) throw new Error(`${output} is no file`);
  if (!force) throw new Error(`${output} exists; --force replaces it`);
}

/** Gives the file its name. Without `--force` it never replaces a file that was created meanwhile. */
async function publish(temporary: string, { output, force }: Files): Promise<void> {
  if (force) {
    await rename(temporary, output);
    return;
  }
  try {
    await link(temporary, output);
    await rm(temporary);
  } catch (error) {
    if (codeOf(error) === 'EEXIST')
      throw new Error(`${output} exists; --force replaces it`, { cause: error });
    // Some file systems have no hard links.
    await rename(temporary, output);
  }
}

async function redactFile(
  files: Files,
  { stdin, stdout }: CommandStreams,
  progress: Progress,
  signal: AbortSignal,
): Promise<RedactionSummary> {
  await checkOutput(files);
  const { input, output } = files;
  const isStandardOutput = output === STANDARD;
  const size = input === STANDARD ? undefined : (await statOf(input))?.size;
  const source = input === STANDARD ? stdin : createReadStream(input);
  const temporary = `${output}.${randomBytes(6).toString('hex')}.part`;
  const target = isStandardOutput ? stdout : createWriteStream(temporary, { flags: 'wx', mode: 0o600 });
  let summary: RedactionSummary | undefined;
  const count = counted(progressOf(progress, input, 'redacting', size));
  const redactAll = redacting(createRedaction(), (result) => {
    summary = result;
  });
  const transform = (bytes: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array, void> =>
    redactAll(unpacked(count(bytes)));
  try {
    const options = { end: !isStandardOutput, signal };
    if (output.endsWith('.gz')) await pipeline(source, transform, createGzip(), target, options);
    else await pipeline(source, transform, target, options);
    if (!isStandardOutput) await publish(temporary, files);
  } catch (error) {
    if (!isStandardOutput) await rm(temporary, { force: true });
    throw error;
  }
  return summary!;
}
