import { createHash } from 'node:crypto';
import type { Block, TableColumn } from './block.js';
import { chartSvg } from './chart.js';
import { commandOf, reasonOf } from './commands.js';
import { escapeHtml } from './escape.js';
import { icicleSvg } from './icicle.js';
import { WIDTH } from './lines.js';
import { STYLE } from './style.js';
import { valueLines } from './values.js';

/** A complete page, and the policy under which a browser may show it: nothing runs, nothing is loaded. */
export interface HtmlPage {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** @param title the browser's name for the page; the heading on it is a block */
export function htmlPage(title: string, blocks: readonly Block[]): HtmlPage {
  const html = [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    // A page stored as a file has no headers.
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    ...blocks.map(blockHtml),
    '</body>',
    '</html>',
    '',
  ].join('\n');
  return { html, contentSecurityPolicy: `${POLICY}; frame-ancestors 'none'` };
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
      return `<ul>\n${block.items.map(itemHtml).join('\n')}\n</ul>`;
    case 'facts':
      return `<dl>\n${block.rows.map(([label, text]) => `<dt>${escapeHtml(label)}</dt><dd>${escapeHtml(text)}</dd>`).join('\n')}\n</dl>`;
    case 'values':
      return pre(valueLines(block.values, WIDTH));
    case 'table':
      return tableHtml(block.columns, block.rows);
    case 'code':
      return pre(block.lines);
    case 'commands':
      return block.steps
        .map((step) => `<p class="why">${escapeHtml(reasonOf(step))}</p>\n${pre([commandOf(step)])}`)
        .join('\n');
    case 'chart':
      return chartSvg(block.data);
    case 'icicle':
      return icicleSvg(block.root);
  }
}

const pre = (lines: readonly string[]): string => `<pre>${escapeHtml(lines.join('\n'))}</pre>`;

function itemHtml(item: string | readonly string[]): string {
  const [first = '', ...more] = [item].flat();
  if (more.length === 0) return `<li>${escapeHtml(first)}</li>`;
  return `<li><strong>${escapeHtml(first)}</strong>${more.map((line) => `<br/>${escapeHtml(line)}`).join('')}</li>`;
}

function tableHtml(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: 'th' | 'td', row: readonly string[]): string =>
    `<tr>${row.map((cell, i) => `<${tag}${columns[i]?.align === 'right' ? ' class="right"' : ''}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  const names = columns.map(({ name }) => name);
  return `<div class="scroll"><table>\n<thead>${cells('th', names)}</thead>\n<tbody>\n${rows.map((row) => cells('td', row)).join('\n')}\n</tbody>\n</table></div>`;
}
