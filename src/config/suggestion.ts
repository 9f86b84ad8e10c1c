const MAX_LENGTH = 80;

/**
 * Edits (insert, delete, substitute) between two words, over two rows of the matrix.
 * Source: R. A. Wagner, M. J. Fischer, "The String-to-String Correction Problem", J. ACM 21 (1974).
 */
export function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const substituted = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const deleted = (previous[column] ?? 0) + 1;
      const inserted = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(substituted, deleted, inserted));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}

/**
 * The candidate nearest to a misspelt word: at most a third of its letters differ, or only this candidate contains it
 * (`fillHorizon` in `fillHorizonSeconds`). Undefined if there is none.
 */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > MAX_LENGTH) return undefined;
  const wanted = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  if (best !== undefined || wanted.length < 4) return best;
  const holding = candidates.filter((candidate) => candidate.toLowerCase().includes(wanted));
  return holding.length === 1 ? holding[0] : undefined;
}
