import { readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';

const FILE = 'docs/accuracy.md';

/** The machine and date of the measurement. */
export function machineLine(): string {
  const [cpu] = os.cpus();
  return `Node ${process.version}, ${os.platform()} ${os.arch()}, ${os.availableParallelism()} × ${cpu?.model ?? 'unknown'}, ${new Date().toISOString().slice(0, 10)}`;
}

/** Replaces the text between the two markers of a section. */
export async function writeSection(section: string, text: string): Promise<void> {
  const [begin, end] = [`<!-- ${section}: begin -->`, `<!-- ${section}: end -->`];
  const document = await readFile(FILE, 'utf8');
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${FILE} has no section between "${begin}" and "${end}"`);
  await writeFile(FILE, `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`);
}
