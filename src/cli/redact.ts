import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, type Stats } from 'node:fs';
import { link, lstat, rename, rm } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createGunzip, createGzip } from 'node:zlib';
import { redacting } from '../snapshot/redaction/redaction-stream.js';
import { createRedaction, type RedactionSummary } from '../snapshot/redaction/redaction.js';

/** What a command reads and writes; that of the process, or a test's. */
export interface CommandStreams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** Progress is shown if it is a terminal. */
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

export const REDACT_USAGE = `tidemark redact IN OUT [--force]

Removes what is secret from a V8 heap snapshot and keeps the names of classes, functions, files and properties.
IN and OUT are files, or - for standard input and output. A gzip file is read as well; OUT is one if it ends in .gz.

  --force   replace OUT if it is there
  --help    print this
`;

/** A wrong use of the command; the usage is shown with it. */
class UsageError extends Error {}

interface Arguments {
  readonly input: string;
  readonly output: string;
  readonly force: boolean;
}

const STANDARD = '-';
const PROGRESS_BYTES = 2 ** 22;
const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function readArguments(argv: readonly string[]): Arguments | 'help' {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...argv],
      options: { force: { type: 'boolean', short: 'f' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  if (parsed.values.help === true) return 'help';
  const [input, output, ...others] = parsed.positionals;
  if (input === undefined || output === undefined || others.length > 0) {
    throw new UsageError('it takes two files: IN and OUT');
  }
  return { input, output, force: parsed.values.force === true };
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** To replace a device or a folder is never what was meant. */
async function checkOutput({ output, force }: Arguments): Promise<void> {
  const there = output === STANDARD ? undefined : await statOf(output);
  if (there === undefined) return;
  if (!there.isFile() && !there.isSymbolicLink()) throw new Error(`${output} is no file`);
  if (!force) throw new Error(`${output} is there; --force replaces it`);
}

/** Whatever the name: what begins as gzip does (RFC 1952, section 2.3.1) is decompressed. */
async function* decompressed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let head: Buffer = Buffer.alloc(0);
  const chunks = source[Symbol.asyncIterator]();
  while (head.length < 2) {
    const { value, done } = await chunks.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  async function* all(): AsyncGenerator<Buffer, void> {
    if (head.length > 0) yield head;
    yield* { [Symbol.asyncIterator]: () => chunks };
  }
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* all();
    return;
  }
  const gunzip = createGunzip();
  const fed = pipeline(all(), gunzip);
  // Awaited below; until then the failure is that of reading the other end.
  fed.catch(() => undefined);
  yield* gunzip as AsyncIterable<Buffer>;
  await fed;
}

/** Counts what passes, and shows it now and then. */
function progress(stderr: CommandStreams['stderr'], size: number | undefined) {
  return async function* show(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
    let bytes = 0;
    let shown = 0;
    for await (const chunk of source) {
      bytes += chunk.length;
      yield chunk;
      if (stderr.isTTY !== true || bytes - shown < PROGRESS_BYTES) continue;
      shown = bytes;
      stderr.write(`\r${mib(bytes)}${size === undefined ? '' : ` of ${mib(size)}`}`);
    }
    if (shown > 0) stderr.write('\r\u001b[K');
  };
}

/** Gives the file its name. Without `--force` it takes no name that somebody else took meanwhile. */
async function publish(temporary: string, { output, force }: Arguments): Promise<void> {
  if (force) {
    await rename(temporary, output);
    return;
  }
  try {
    await link(temporary, output);
    await rm(temporary);
  } catch (error) {
    if (codeOf(error) === 'EEXIST')
      throw new Error(`${output} is there; --force replaces it`, { cause: error });
    // Some file systems know no links.
    await rename(temporary, output);
  }
}

async function redactFile(
  given: Arguments,
  streams: CommandStreams,
  signal: AbortSignal | undefined,
): Promise<RedactionSummary> {
  await checkOutput(given);
  const isStandardInput = given.input === STANDARD;
  const isStandardOutput = given.output === STANDARD;
  const size = isStandardInput ? undefined : (await statOf(given.input))?.size;
  const source = isStandardInput ? streams.stdin : createReadStream(given.input);
  const temporary = `${given.output}.${randomBytes(6).toString('hex')}.part`;
  const target = isStandardOutput
    ? streams.stdout
    : createWriteStream(temporary, { flags: 'wx', mode: 0o600 });
  let summary: RedactionSummary | undefined;
  const show = progress(streams.stderr, size);
  const redact = redacting(createRedaction(), (result) => {
    summary = result;
  });
  const transform = (bytes: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array, void> =>
    redact(decompressed(show(bytes)));
  try {
    const options = { end: !isStandardOutput, ...(signal !== undefined && { signal }) };
    if (given.output.endsWith('.gz')) await pipeline(source, transform, createGzip(), target, options);
    else await pipeline(source, transform, target, options);
    if (!isStandardOutput) await publish(temporary, given);
  } catch (error) {
    if (!isStandardOutput) await rm(temporary, { force: true });
    throw error;
  }
  return summary!;
}

/**
 * The command `tidemark redact IN OUT`. The output has its name only when it is whole, and is for its owner alone.
 *
 * @param argv what follows `redact` on the command line
 * @param signal stops it, and leaves no file
 * @returns the exit status: 0, 1 when it failed, 2 when it was used wrongly
 */
export async function redactCommand(
  argv: readonly string[],
  streams: CommandStreams = process,
  signal?: AbortSignal,
): Promise<number> {
  try {
    const given = readArguments(argv);
    if (given === 'help') {
      streams.stdout.write(REDACT_USAGE);
      return 0;
    }
    const { values, names, keptNames, bytesWritten } = await redactFile(given, streams, signal);
    const figures = [values, names, keptNames].map((count) => count.toLocaleString('en'));
    streams.stderr.write(
      `${mib(bytesWritten)}: ${figures[0]} values and ${figures[1]} names replaced, ${figures[2]} names kept\n`,
    );
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    streams.stderr.write(`tidemark redact: ${message}\n`);
    if (!(error instanceof UsageError)) return 1;
    streams.stderr.write(`\n${REDACT_USAGE}`);
    return 2;
  }
}
