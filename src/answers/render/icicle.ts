import { escapeHtml } from './escape.js';
import { formatBytes } from './units.js';

/** A part of a tree of sizes, and its large parts. */
export interface IcicleNode {
  readonly label: string;
  readonly id: number;
  readonly retainedBytes: number;
  readonly children: readonly IcicleNode[];
}

const WIDTH = 1100;
const ROW = 22;
const CHARACTER = 6.2;
const LEAST_WIDTH = 0.5;

/**
 * The dominator tree as an icicle: each bar is as wide as the object's retained size, with its large parts below. Only
 * SVG, no script; the full name is the bar's title.
 */
export function icicleSvg(root: IcicleNode): string {
  const bars: string[] = [];
  let depth = 0;
  let level: readonly { node: IcicleNode; x: number }[] = [{ node: root, x: 0 }];
  const scale = root.retainedBytes === 0 ? 0 : WIDTH / root.retainedBytes;
  while (level.length > 0) {
    const next: { node: IcicleNode; x: number }[] = [];
    for (const { node, x } of level) {
      const width = node.retainedBytes * scale;
      if (width < LEAST_WIDTH) continue;
      bars.push(bar(node, x, depth * ROW, width, node.retainedBytes / root.retainedBytes));
      let childX = x;
      for (const child of node.children) {
        next.push({ node: child, x: childX });
        childX += child.retainedBytes * scale;
      }
    }
    level = next;
    depth += 1;
  }
  return `<svg class="icicle" viewBox="0 0 ${WIDTH} ${depth * ROW}" role="img" aria-label="Dominator tree">${bars.join('\n')}</svg>`;
}

function bar(node: IcicleNode, x: number, y: number, width: number, share: number): string {
  const size = formatBytes(node.retainedBytes);
  const title = escapeHtml(`${node.label} @${node.id}: ${size}, ${(100 * share).toFixed(1)} % of the heap`);
  const room = Math.floor((width - 6) / CHARACTER);
  const label = `${node.label} ${size}`;
  const shown = room < 4 ? '' : label.length > room ? `${label.slice(0, room - 1)}…` : label;
  const text =
    shown === '' ? '' : `<text x="${(x + 3).toFixed(1)}" y="${y + 15}">${escapeHtml(shown)}</text>`;
  return `<g><rect x="${x.toFixed(2)}" y="${y}" width="${width.toFixed(2)}" height="${ROW - 1}" fill="hsl(${hue(node.label)} 60% 78%)"><title>${title}</title></rect>${text}</g>`;
}

/** The same name gets the same colour. */
function hue(label: string): number {
  let hash = 0;
  for (let i = 0; i < label.length; i++) hash = (Math.imul(hash, 31) + label.charCodeAt(i)) | 0;
  return ((hash % 360) + 360) % 360;
}
