import type { IncomingMessage, ServerResponse } from 'node:http';
import { NO_SLOT, type OpenWindow } from './window.js';

/**
 * Runs a request within the open window, from here to its `close`.
 *
 * @param route row of its route, or a function that knows it once the request has ended
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
    // The events of a body come from the socket's parser, which is no request's; what waits for its end goes on as this one's.
    if (!request.complete) request.on('end', () => window.enter(slot));
  }
  window.run(slot, work);
}
