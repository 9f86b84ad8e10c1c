import { constants } from 'node:os';
import type { AttemptFault } from './writer.js';

/** The exit code of a child in which V8 or Node refused to write. */
export const writeFailedCode = 70;

/** As defined in native/fork.c. */
const refusals: Readonly<Record<number, string>> = {
  71: 'prctl was refused',
  72: 'the server was gone',
  73: 'the symbol tables could not be changed',
  74: 'its descriptors could not be replaced',
};

export interface ChildFault {
  readonly fault: AttemptFault;
  readonly detail: string;
}

/**
 * The fault of a child that has ended; undefined when it has written everything.
 * @param status of `poll`: the exit code, 256 plus the signal that killed it, or -2 when other code has reaped it
 */
export function faultOf(status: number): ChildFault | undefined {
  if (status === 0) return undefined;
  if (status === -2)
    return { fault: 'died', detail: 'something else in this process took the end of the child' };
  if (status < 256) {
    const refused = refusals[status];
    if (refused !== undefined) return { fault: 'refused', detail: `in the child ${refused}` };
    return {
      fault: 'died',
      detail:
        status === writeFailedCode ? 'v8.writeHeapSnapshot failed' : `the child ended with code ${status}`,
    };
  }
  const number = status - 256;
  const name =
    Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `signal ${number}`;
  if (name === 'SIGPIPE') return { fault: 'reader', detail: 'the reader closed its input' };
  if (name === 'SIGKILL') {
    return { fault: 'killed', detail: 'the child was killed from outside, most likely for memory' };
  }
  return { fault: 'died', detail: `the child ended with ${name}` };
}
