import { createHash } from 'node:crypto';
import { formatSeconds } from './units.js';
import type { Block, ReportTable } from './block.js';
import { chartSvg } from './chart.js';
import { escapeHtml } from './escape.js';
import { REPORT_STYLE } from './style.js';

/** A page of its own, and the policy under which a browser may show it: nothing runs and nothing is loaded. */
export interface ReportPage {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

export function htmlReport(title: string, blocks: readonly Block[]): ReportPage {
  const html = [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${REPORT_STYLE}</style>`,
    '</head>',
    '<body>',
    ...blocks.map(blockHtml),
    '</body>',
    '</html>',
    '',
  ].join('\n');
  const hash = createHash('sha256').update(REPORT_STYLE).digest('base64');
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${hash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { html, contentSecurityPolicy: policy.join('; ') };
}

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'title':
      return `<h1>${escapeHtml(block.text)}</h1>`;
    case 'headline':
      return `<p class="headline ${block.tone}">${escapeHtml(block.text)}</p>`;
    case 'heading':
      return `<h2>${escapeHtml(block.text)}</h2>`;
    case 'paragraph':
      return `<p>${escapeHtml(block.text)}</p>`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join('\n')}\n</ul>`;
    case 'table':
      return tableHtml(block.table);
    case 'code':
      return `<pre>${escapeHtml(block.lines.join('\n'))}</pre>`;
    case 'commands':
      return block.steps
        .map(
          ({ why, curl, cost }) =>
            `<p class="why">${escapeHtml(why)}${pauseOf(cost.pauseMs)}</p>\n<pre>${escapeHtml(curl)}</pre>`,
        )
        .join('\n');
    case 'chart':
      return chartSvg(block.data);
  }
}

function pauseOf(pauseMs: number): string {
  return pauseMs > 0 ? ` (pauses the server for about ${formatSeconds(pauseMs / 1000)})` : '';
}

function tableHtml({ columns, rows }: ReportTable): string {
  const cells = (tag: 'th' | 'td', row: readonly string[]): string =>
    `<tr>${row.map((cell, i) => `<${tag}${columns[i]?.align === 'right' ? ' class="right"' : ''}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  const head = cells(
    'th',
    columns.map(({ name }) => name),
  );
  return `<div class="scroll"><table>\n<thead>${head}</thead>\n<tbody>\n${rows.map((row) => cells('td', row)).join('\n')}\n</tbody>\n</table></div>`;
}
