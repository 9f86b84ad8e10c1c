import { head, labelled, table } from './layout.js';
import { nextLines } from './next-lines.js';
import type { Block } from './block.js';
import { chartLines } from './chart-lines.js';

const CELL = 40;

/** The report for a terminal. */
export function plainReport(blocks: readonly Block[]): string {
  return `${blocks.flatMap(blockLines).join('\n').trim()}\n`;
}

function blockLines(block: Block): string[] {
  switch (block.kind) {
    case 'title':
      return [block.text];
    case 'headline':
      return ['', ...labelled('', block.text).map((line) => line.trim())];
    case 'heading':
      return ['', block.text.toUpperCase()];
    case 'paragraph':
      return labelled('', block.text).map((line) => line.trim());
    case 'list':
      return block.items.flatMap((item) =>
        labelled('', item).map((line, i) => `${i === 0 ? '- ' : '  '}${line.trim()}`),
      );
    case 'table':
      return table(
        block.table.columns.map(({ name, align }, i) => ({
          name,
          align,
          of: (row: readonly string[]) => head(row[i] ?? '', CELL),
        })),
        block.table.rows,
      );
    case 'code':
      return block.lines.map((line) => `  ${head(line, 118)}`);
    case 'commands':
      return nextLines(block.steps).slice(2);
    case 'chart':
      return chartLines(block.data);
  }
}
