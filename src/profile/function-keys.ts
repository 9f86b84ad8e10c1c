import { openInspector, type InspectorSession } from './sampling-session.js';

/** Any function at all. */
export type AnyFunction = (...args: never[]) => unknown;

const HELD = Symbol.for('tidemark.function-keys');
const GROUP = 'tidemark';

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function post(session: InspectorSession, method: string, params: object): unknown {
  let answer: unknown;
  session.post(method, params, (error, result) => {
    if (error === null) answer = result;
  });
  return answer;
}

function keyOf(session: InspectorSession, index: number): string | undefined {
  const expression = `globalThis[Symbol.for('${HELD.description}')][${index}]`;
  const evaluated = post(session, 'Runtime.evaluate', { expression, objectGroup: GROUP, silent: true });
  const objectId = field(field(evaluated, 'result'), 'objectId');
  if (typeof objectId !== 'string') return undefined;
  return locationKey(session, objectId);
}

function locationKey(session: InspectorSession, objectId: string): string | undefined {
  const properties = post(session, 'Runtime.getProperties', { objectId, ownProperties: true });
  const internal = field(properties, 'internalProperties');
  if (!Array.isArray(internal)) return undefined;
  const internalValue = (name: string): unknown =>
    field(
      internal.find((property) => field(property, 'name') === name),
      'value',
    );
  // A bound function has no location of its own; its target has.
  const target = field(internalValue('[[TargetFunction]]'), 'objectId');
  if (typeof target === 'string') return locationKey(session, target);
  const location = field(internalValue('[[FunctionLocation]]'), 'value');
  const [scriptId, line, column] = ['scriptId', 'lineNumber', 'columnNumber'].map((name) =>
    field(location, name),
  );
  if (typeof scriptId !== 'string' || typeof line !== 'number' || typeof column !== 'number')
    return undefined;
  return `${scriptId}:${line + 1}:${column + 1}`;
}

/**
 * The `ClassifiedFrame.key` that a sampled frame of each function will have, so that a route's handler is known before
 * it is first sampled: after its first `await` an async handler is the bottom of the stack, where nothing else names
 * its route. Bound functions are followed to their target. Undefined for built-ins, and without an inspector.
 *
 * The position is what DevTools shows as `[[FunctionLocation]]`; asking for it does not enable the debugger. It costs
 * some tens of microseconds a function: meant for start-up.
 */
export function functionKeys(
  functions: readonly AnyFunction[],
  open: () => InspectorSession | undefined = openInspector,
): (string | undefined)[] {
  const session = open();
  if (session === undefined) return functions.map(() => undefined);
  try {
    session.connect();
    // The protocol reaches values only by name: a global symbol holds them during this call.
    Object.defineProperty(globalThis, HELD, { value: functions, configurable: true });
    const keys = functions.map((_, index) => keyOf(session, index));
    post(session, 'Runtime.releaseObjectGroup', { objectGroup: GROUP });
    return keys;
  } catch {
    return functions.map(() => undefined);
  } finally {
    Reflect.deleteProperty(globalThis, HELD);
    session.disconnect();
  }
}
