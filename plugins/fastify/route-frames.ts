import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { throughFrame, type OwnFrame } from '../../src/requests/own-frame.js';
import { createRouteFrame } from '../../src/requests/route-frame.js';

const kFrame = Symbol('tidemark.frame');

interface FramedResponse {
  /** Frame of its route; kept here because `request.routeOptions` makes an object on each read. */
  [kFrame]?: OwnFrame | undefined;
}

/**
 * Stack frames by which the profile recognises the route. What a request does within its frame, hooks and error
 * handlers included, is sampled as its route's; after a hook that returns a promise the next frame is that of the
 * handler.
 */
export interface RouteFrames {
  /** Makes a route's handler run within the frame of its row. */
  wrap(route: RouteOptions, row: number): void;
  /** Gives the HEAD route that Fastify makes of the last wrapped route the same handler. */
  wrapHead(route: RouteOptions): void;
  /** Continues a request that has just begun, within the frame of its row if it has one. */
  enter(reply: FastifyReply, row: number, done: () => void): void;
  /** Continues within the frame that the request entered. */
  goOn(reply: FastifyReply, done: () => void): void;
}

function goOn(reply: FastifyReply, done: () => void): void {
  const frame = (reply.raw as FramedResponse)[kFrame];
  if (frame === undefined) done();
  else frame(done);
}

export function frameRoutes(app: FastifyInstance): RouteFrames {
  const frames: (OwnFrame | undefined)[] = [];
  let wrapped: RouteOptions['handler'] | undefined;

  // What follows an answer starts a new stack, as does the rejection of an async handler.
  app.addHook('onResponse', (_request, reply, done) => goOn(reply, done));
  app.addHook('onError', (_request, reply, _error, done) => goOn(reply, done));

  return {
    wrap(route, row) {
      // Fastify refuses what is not a function.
      if (typeof route.handler === 'function') {
        const frame = (frames[row] ??= createRouteFrame(row));
        route.handler = throughFrame(route.handler, frame);
        // A body is parsed in later turns of the event loop; what follows starts a new stack.
        if (route.method !== 'GET') route.preValidation = enteringFirst(frame, route.preValidation);
      }
      wrapped = route.handler;
    },
    wrapHead(route) {
      route.handler = wrapped!;
    },
    enter(reply, row, done) {
      (reply.raw as FramedResponse)[kFrame] = frames[row];
      goOn(reply, done);
    },
    goOn,
  };
}

type PreValidation = NonNullable<RouteOptions['preValidation']>;

/** The hooks of a route, preceded by one that continues within the frame. */
function enteringFirst(frame: OwnFrame, hooks: PreValidation | undefined): PreValidation {
  const enter = (_request: FastifyRequest, _reply: FastifyReply, done: () => void): void => void frame(done);
  return [enter, ...[hooks ?? []].flat()] as PreValidation;
}
