import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const documentUrl = new URL('../../docs/benchmarks.md', import.meta.url);

/**
 * Puts a generated section between its two markers.
 * @param {'overhead' | 'start' | 'self' | 'judging' | 'metrics' | 'analysis' | 'redaction' | 'snapshot' | 'holder'} section
 * @param {string} text Markdown
 */
export async function writeSection(section, text) {
  const [begin, end] = [`<!-- begin ${section} -->`, `<!-- end ${section} -->`];
  const before = await readFile(documentUrl, 'utf8');
  const from = before.indexOf(begin);
  const to = before.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/benchmarks.md lacks the markers ${begin} and ${end}`);
  const after = `${before.slice(0, from + begin.length)}\n\n${text}\n\n${before.slice(to)}`;
  await writeFile(documentUrl, after);
  console.log(`Wrote ${fileURLToPath(documentUrl)}`);
}
