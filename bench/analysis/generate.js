import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('heap-program.js', import.meta.url));
/** Nodes of one session in a snapshot of Node 20; other versions differ a little. */
const NODES_A_SESSION = 13.2;

/**
 * Writes a snapshot of about that many nodes: V8 itself writes the heap of a program, because the order of objects in
 * memory determines how fast a graph is searched and is hard to imitate. Takes half a minute for 5 million.
 * @param {string} file
 * @param {number} nodes
 */
export function generateSnapshot(file, nodes) {
  const sessions = String(Math.round(nodes / NODES_A_SESSION));
  const { status } = spawnSync(process.execPath, ['--max-old-space-size=8192', PROGRAM, file, sessions], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`the program that fills a heap ended with ${status}`);
  const { node_count: nodeCount, edge_count: edgeCount } = countsOf(file);
  return { bytes: statSync(file).size, nodes: nodeCount, edges: edgeCount };
}

/** @param {string} file */
function countsOf(file) {
  const descriptor = openSync(file, 'r');
  const buffer = Buffer.alloc(16_384);
  const head = buffer.toString('latin1', 0, readSync(descriptor, buffer));
  closeSync(descriptor);
  const counts = /"node_count":(\d+),"edge_count":(\d+)/.exec(head);
  if (counts === null) throw new Error('the snapshot has no counts');
  return { node_count: Number(counts[1]), edge_count: Number(counts[2]) };
}
