import { withoutPictures, type Block } from './block.js';
import { chartLines } from './chart-lines.js';
import { commandOf, reasonOf } from './commands.js';
import { printable } from './escape.js';
import { factLines, head, tableLines, WIDTH, wrapped } from './lines.js';
import { valueLines } from './values.js';

/** Blocks for a terminal: separated by an empty line, and indented under headings. */
export function textOf(blocks: readonly Block[]): string {
  const lines: string[] = [];
  let indent = '';
  let isFirst = true;
  for (const block of withoutPictures(blocks)) {
    if (block.kind === 'heading') indent = '';
    const own = blockLines(block, WIDTH - indent.length);
    if (own.length === 0) continue;
    if (!isFirst) lines.push('');
    lines.push(...own.map((line) => `${indent}${line}`.trimEnd()));
    isFirst = block.kind === 'heading';
    if (isFirst) indent = '  ';
  }
  return `${lines.map(printable).join('\n')}\n`;
}

function blockLines(block: Block, width: number): string[] {
  switch (block.kind) {
    case 'title':
    case 'heading':
      return [block.text];
    case 'headline':
    case 'paragraph':
      return wrapped(block.text, width);
    case 'list':
      return block.items.flatMap((item) =>
        [item]
          .flat()
          .flatMap((line) => wrapped(line, width - 2))
          .map((line, i) => `${i === 0 ? '- ' : '  '}${line}`),
      );
    case 'facts':
      return factLines(block.rows, width);
    case 'values':
      return valueLines(block.values, width);
    case 'table':
      return tableLines(block.columns, block.rows, width);
    case 'code':
      return block.lines.map((line) => head(line, width));
    case 'commands':
      // In full, however long: they are meant to be pasted.
      return block.steps.flatMap((step) => [reasonOf(step), `  ${commandOf(step)}`]);
    case 'chart':
      return chartLines(block.data);
    case 'icicle':
      return [];
  }
}
