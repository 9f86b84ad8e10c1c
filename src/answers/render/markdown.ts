import { withoutPictures, type Block, type TableColumn } from './block.js';
import { chartLines } from './chart-lines.js';
import { commandOf, reasonOf } from './commands.js';
import { escapeMarkdown } from './escape.js';
import { WIDTH } from './lines.js';
import { valueLines } from './values.js';

/** Blocks for a ticket. */
export function markdownOf(blocks: readonly Block[]): string {
  return `${withoutPictures(blocks).map(blockMarkdown).join('\n\n')}\n`;
}

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case 'title':
      return `# ${escapeMarkdown(block.text)}`;
    case 'headline':
      return `**${escapeMarkdown(block.text)}**`;
    case 'heading':
      return `## ${escapeMarkdown(block.text)}`;
    case 'paragraph':
      return escapeMarkdown(block.text);
    case 'list':
      return block.items.map((item) => `- ${[item].flat().map(escapeMarkdown).join('\\\n  ')}`).join('\n');
    case 'facts':
      return block.rows
        .map(([label, text]) => `- **${escapeMarkdown(label)}** ${escapeMarkdown(text)}`)
        .join('\n');
    case 'values':
      return fenced(valueLines(block.values, WIDTH), 'text');
    case 'table':
      return tableMarkdown(block.columns, block.rows);
    case 'code':
      return fenced(block.lines, 'text');
    case 'commands':
      return block.steps
        .map((step) => `${escapeMarkdown(reasonOf(step))}:\n\n${fenced([commandOf(step)], 'sh')}`)
        .join('\n\n');
    case 'chart':
      return fenced(chartLines(block.data), 'text');
    case 'icicle':
      return '';
  }
}

/** The fence is longer than any run of backticks within it. */
function fenced(lines: readonly string[], language: string): string {
  const text = lines.join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function tableMarkdown(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  return [
    row(columns.map(({ name }) => escapeMarkdown(name))),
    row(columns.map(({ align }) => (align === 'right' ? '--:' : '---'))),
    ...rows.map((cells) => row(cells.map(escapeMarkdown))),
  ].join('\n');
}
