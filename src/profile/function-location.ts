import inspector from 'node:inspector';
import { frameKey } from './frames.js';

/** Under this name the functions are handed to the inspector, for as long as it looks at them. */
const HANDOVER = 'tidemark.functions';
const GROUP = 'tidemark';

interface LocationValue {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/**
 * Where functions start, as `ClassifiedFrame.key` writes it; undefined for built-in ones. JavaScript cannot ask a
 * function where it is; the inspector can, at about 70 µs a function. Bound functions are followed to their target.
 */
export function locateFunctions(functions: readonly unknown[]): (string | undefined)[] {
  const session = new inspector.Session();
  session.connect();
  const handover = globalThis as Record<symbol, unknown>;
  handover[Symbol.for(HANDOVER)] = functions;
  try {
    const { objectId } = evaluate(session, `globalThis[Symbol.for('${HANDOVER}')]`);
    const found: (string | undefined)[] = functions.map(() => undefined);
    for (const { name, value } of properties(session, objectId).result) {
      if (/^\d+$/.test(name)) found[Number(name)] = locationOf(session, value?.objectId);
    }
    return found;
  } finally {
    delete handover[Symbol.for(HANDOVER)];
    session.post('Runtime.releaseObjectGroup', { objectGroup: GROUP });
    session.disconnect();
  }
}

/** In-process sessions answer before `post` returns. */
function evaluate(session: inspector.Session, expression: string): inspector.Runtime.RemoteObject {
  let answer: inspector.Runtime.RemoteObject | undefined;
  session.post('Runtime.evaluate', { expression, objectGroup: GROUP }, (error, evaluated) => {
    if (error === null) answer = evaluated.result;
  });
  return answer ?? { type: 'undefined' };
}

function properties(
  session: inspector.Session,
  objectId: string | undefined,
): inspector.Runtime.GetPropertiesReturnType {
  let answer: inspector.Runtime.GetPropertiesReturnType | undefined;
  if (objectId !== undefined) {
    session.post('Runtime.getProperties', { objectId, ownProperties: true }, (error, own) => {
      if (error === null) answer = own;
    });
  }
  return answer ?? { result: [] };
}

function locationOf(session: inspector.Session, objectId: string | undefined): string | undefined {
  const internal = properties(session, objectId).internalProperties ?? [];
  const valueOf = (name: string): inspector.Runtime.RemoteObject | undefined =>
    internal.find((property) => property.name === name)?.value;
  const location = valueOf('[[FunctionLocation]]')?.value as LocationValue | undefined;
  if (location !== undefined) {
    const { scriptId, lineNumber, columnNumber } = location;
    return frameKey({ functionName: '', url: '', scriptId, line: lineNumber + 1, column: columnNumber + 1 });
  }
  const target = valueOf('[[TargetFunction]]');
  return target === undefined ? undefined : locationOf(session, target.objectId);
}
