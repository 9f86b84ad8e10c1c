import { compileFunction } from 'node:vm';

type Callee = (this: unknown, first: unknown, second: unknown) => unknown;

/** Calls `callee` on `self` from a recognisable stack frame. */
export type OwnFrame = (callee: Callee, self?: unknown, first?: unknown, second?: unknown) => unknown;

/**
 * More bytecode than V8 inlines (`--max-inlined-bytecode-size`, 460 bytes); this makes about 530. Loads of constants
 * are the padding that takes least memory: no feedback slots, and ten bytes of baseline code each.
 */
const PADDING = Array.from({ length: 72 }, (_, index) => `spare = ${100_000_000 + index};`).join(' ');

const BODY = `
  return function frame(callee, self, first, second) {
    if (callee === undefined) { let spare; ${PADDING} return spare; }
    return callee.call(self, first, second);
  };
`;

/** V8 allocates feedback, which records call targets, only after some executions. */
const FEEDBACK_CALLS = 200;

/**
 * A function whose script has this URL, so that every sampled stack through it has a recognisable frame.
 *
 * V8's heap sampler sees only physical frames. An ordinary wrapper is inlined into its caller as soon as one route is
 * hot, and its handler into the wrapper: measured, half of a leak was then attributed to Fastify's
 * `preHandlerCallback` and no route. So the frame is too large to be inlined (by a branch that is never taken), and
 * its call site has seen more targets than V8 tracks, so that nothing is inlined into it.
 */
export function createOwnFrame(url: string): OwnFrame {
  const frame = (compileFunction(BODY, [], { filename: url }) as () => OwnFrame)();
  const others: readonly Callee[] = [() => 1, () => 2, () => 3, () => 4, () => 5, (first) => first];
  for (let call = 0; call < FEEDBACK_CALLS; call += 1) frame(others[call % others.length]!);
  return frame;
}
