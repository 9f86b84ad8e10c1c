import { formatSeconds } from './units.js';
import type { Block, ReportTable } from './block.js';
import { chartLines } from './chart-lines.js';
import { escapeMarkdown } from './escape.js';

/** The report for a ticket. */
export function markdownReport(blocks: readonly Block[]): string {
  return `${blocks.map(blockMarkdown).join('\n\n')}\n`;
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
      return block.items.map((item) => `- ${escapeMarkdown(item)}`).join('\n');
    case 'table':
      return tableMarkdown(block.table);
    case 'code':
      return fenced(block.lines, 'text');
    case 'commands':
      return block.steps
        .map(({ why, curl, cost }) => {
          const pause =
            cost.pauseMs > 0 ? ` (pauses the server for about ${formatSeconds(cost.pauseMs / 1000)})` : '';
          return `${escapeMarkdown(why)}${pause}:\n\n${fenced([curl], 'sh')}`;
        })
        .join('\n\n');
    case 'chart':
      return fenced(chartLines(block.data), 'text');
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

function tableMarkdown({ columns, rows }: ReportTable): string {
  return [
    row(columns.map(({ name }) => escapeMarkdown(name))),
    row(columns.map(({ align }) => (align === 'right' ? '--:' : '---'))),
    ...rows.map((cells) => row(cells.map(escapeMarkdown))),
  ].join('\n');
}
