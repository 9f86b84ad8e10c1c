import { readFileSync } from 'node:fs';

/** The planted leak, which the demo must find. */
export interface PlantedLeak {
  route: string;
  file: string;
  function: string;
  /** Lines of the leaking function, counted from 1, both inclusive. */
  lines: { first: number; last: number };
}

const START = '// planted leak: start';
const END = '// planted leak: end';

/**
 * The location of the planted leak. Its lines are read from the source, so that edits above it do not invalidate them.
 * V8's sampling profiler names the line where a function starts, so any line of the function is right.
 * @throws Error if the source or its markers are missing
 */
export function plantedLeak(): PlantedLeak {
  const file = 'examples/shop/quotes.ts';
  // The compiler puts this file three folders below the repository's root: <out>/examples/shop.
  const source = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8').split('\n');
  const start = source.indexOf(START);
  const end = source.indexOf(END);
  if (start < 0 || end < start) throw new Error(`${file} has lost the markers of its planted leak`);
  return {
    route: 'POST /products/:id/quote',
    file,
    function: 'checkChoices',
    lines: { first: start + 2, last: end },
  };
}
