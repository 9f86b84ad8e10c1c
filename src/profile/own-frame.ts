import { compileFunction } from 'node:vm';

type Handler = (this: unknown, first: unknown, second: unknown) => unknown;

/**
 * More bytecode than V8 inlines (`--max-inlined-bytecode-size`, 460 bytes); this makes some 530. Loads of constants are
 * the padding that costs least memory: no feedback slots, and ten bytes of baseline code each.
 */
const PADDING = Array.from({ length: 72 }, (_, index) => `spare = ${100_000_000 + index};`).join(' ');

const BODY = `
  let target = handler;
  function wrapper(first, second) {
    if (target === undefined) { let spare; ${PADDING} return spare; }
    return target.call(this, first, second);
  }
  return { wrapper, aim(next) { target = next; } };
`;

/** V8 allocates feedback, where it notes who is called, only after some executions. */
const FEEDBACK_CALLS = 200;

interface Wrapped {
  readonly wrapper: Handler;
  readonly aim: (next: Handler) => void;
}

/**
 * Wraps a handler so that every sampled stack through it holds one frame whose script has this URL.
 *
 * V8's heap sampler sees physical frames only. An ordinary wrapper is inlined into its caller as soon as one route
 * is hot, and its handler into the wrapper: measured, half of a leak was then booked on Fastify's
 * `preHandlerCallback` and no route. So the wrapper is too large to be inlined (by a branch that is never taken),
 * and its call site has seen several targets, so that nothing is inlined into it.
 */
export function wrapInOwnFrame<T>(handler: T, url: string): T {
  const make = compileFunction(BODY, ['handler'], { filename: url }) as (handler: T) => Wrapped;
  const { wrapper, aim } = make(handler);
  const others: readonly Handler[] = [() => 1, () => 2, (first) => first];
  for (let call = 0; call < FEEDBACK_CALLS; call += 1) {
    aim(others[call % others.length] as Handler);
    wrapper(undefined, undefined);
  }
  aim(handler as Handler);
  return wrapper as T;
}
