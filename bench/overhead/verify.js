import { routes } from './routes.js';

/** Headers that only the case under test may add. */
const MEMORY_HEADERS = ['x-memory-delta-bytes', 'x-memory-heap-used-bytes', 'server-timing'];

/**
 * Checks that a server answers correctly, before it is timed.
 * @param {number} port
 * @param {string | undefined} header A header that must be present; if undefined, no memory header may be.
 * @returns {Promise<number>} Number of requests sent.
 */
export async function verifyAnswers(port, header) {
  const all = /** @type {import('./routes.js').BenchRoute[]} */ (Object.values(routes));
  for (const { path, answer: expected, send } of all) {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { 'x-forwarded-for': '203.0.113.7', ...(send && { 'content-type': 'application/json' }) },
      ...(send && { method: 'POST', body: send }),
    });
    const text = await answer.text();
    if (answer.status !== 200 || text !== expected)
      throw new Error(`${path} answered ${answer.status}: ${text}`);
    const found = MEMORY_HEADERS.filter((name) => answer.headers.has(name));
    if (header === undefined ? found.length > 0 : !found.includes(header)) {
      throw new Error(
        `${path} should carry ${header ?? 'no memory header'}, but carries: ${found.join(', ')}`,
      );
    }
  }
  return all.length;
}
