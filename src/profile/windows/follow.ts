import type { IncomingMessage, ServerResponse } from 'node:http';
import { NO_SLOT, type OpenWindow } from './window.js';

/**
 * Runs a request within the open window until its response closes.
 *
 * @param route row of its route, or a function that returns it once the request has ended
 */
export function followRequest(
  window: OpenWindow,
  request: Pick<IncomingMessage, 'on' | 'complete' | 'socket'>,
  response: Pick<ServerResponse, 'on'>,
  route: number | (() => number),
  work: () => void,
): void {
  const slot = window.begin(request.socket);
  if (slot === NO_SLOT) {
    work();
    return;
  }
  if (slot >= 0) {
    response.on('close', () => window.end(slot, typeof route === 'number' ? route : route()));
    // Events of the body come from the socket's parser, outside every request: code that waits for `end` belongs to this one.
    if (!request.complete) request.on('end', () => window.enter(slot));
  }
  window.run(slot, work);
}
