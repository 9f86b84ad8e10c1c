import { escapeHtml } from '../answers/render/escape.js';

const STYLE = `
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 1100px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } th, td { padding: .25rem .5rem; text-align: right; vertical-align: top; }
th { border-bottom: 1px solid; } tr:nth-child(even) td { background: #8881; }
th:first-child, td:first-child, .left { text-align: left; overflow-wrap: anywhere; }
code { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
article { border: 1px solid #8886; border-radius: 6px; padding: .5rem 1rem; margin: .75rem 0; } article p { margin: .25rem 0; }
svg { width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; fill: #111; pointer-events: none; }
svg rect { stroke: #fff; stroke-width: .5; }
`;

/** One page without scripts and without anything from elsewhere; the policy makes the browser hold to it. */
export function htmlPage(title: string, sections: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${sections.filter((section) => section !== '').join('\n')}
</body>
</html>
`;
}

/** A table of texts; all cells are escaped here. */
export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `<table><thead>${cells('th', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('\n')}</tbody></table>`;
}

export function section(title: string, ...content: readonly string[]): string {
  return `<section><h2>${escapeHtml(title)}</h2>\n${content.join('\n')}</section>`;
}

function cells(tag: string, row: readonly string[]): string {
  return `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
}

/** A finding: what, the path to it, and more lines. */
export function card(title: string, path: string, lines: readonly string[]): string {
  const more = lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('');
  return `<article><p><strong>${escapeHtml(title)}</strong></p><p><code>${escapeHtml(path)}</code></p>${more}</article>`;
}
