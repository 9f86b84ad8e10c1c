import { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { ResolvedOptions } from '../../src/config/options.js';
import type { Core } from '../../src/runtime/core.js';
import { NO_RECORD, type HeapDelta, type Recorder } from '../../src/requests/recorder.js';
import { UNMATCHED_ROUTE } from '../../src/requests/route-table.js';
import { throughFrame, type OwnFrame } from '../../src/requests/own-frame.js';
import { createRouteFrame } from '../../src/requests/route-frame.js';
import type { AccessGuard } from './access.js';

const kRoute = Symbol('tidemark.route');
const kRecord = Symbol('tidemark.record');
const kFrame = Symbol('tidemark.frame');
const EXCLUDED = -1;

interface RouteMark {
  [kRoute]?: number;
}

interface RecordedResponse {
  [kRecord]?: number;
  /** Of its route; kept here because `request.routeOptions` makes an object each time it is read. */
  [kFrame]?: OwnFrame | undefined;
  statusCode: number;
  writableEnded: boolean;
  writableFinished: boolean;
  on(event: 'close', listener: () => void): unknown;
}

export interface RecordingParts {
  readonly core: Core;
  readonly access: AccessGuard;
}

/** Records every request of the instance it is called on. Of its hooks, one is only for headers and two only for the profile. */
export function recordRequests(app: FastifyInstance, { core, access }: RecordingParts): void {
  const { deep, options } = core;
  const recorder = core.recorder!;
  const isExcluded = exclusionOf(options.requests.exclude);
  const mayShowHeaders = headersFor(options, access);
  /**
   * By row. What a request does from its own frame on, hooks and error handlers included, is sampled as its route's; after a
   * hook that returns a promise the next frame is that of the handler.
   */
  const frames: (OwnFrame | undefined)[] = [];
  let previous: { url: string; handler: unknown; wrapped: RouteOptions['handler'] } | undefined;

  app.addHook('onRoute', (route) => {
    const { url, handler } = route;
    const config = (route.config ?? {}) as RouteMark & { tidemark?: unknown };
    const method = methodLabel(route.method);
    const mark = (index: number): void => {
      route.config = { ...route.config, [kRoute]: index } as NonNullable<RouteOptions['config']>;
    };
    if (config.tidemark !== undefined || isExcluded(method, url)) {
      mark(EXCLUDED);
      return;
    }
    // Fastify makes a HEAD route of every GET, right after it. Few are ever asked, so it gets a row when it is.
    if (method === 'HEAD' && previous?.url === url && previous.handler === handler) {
      route.handler = previous.wrapped;
      return;
    }
    const index = recorder.addRoute(method, url);
    mark(index);
    core.handlers?.add(index, handler);
    // What is no function is left for Fastify to refuse.
    if (core.profile !== undefined && typeof handler === 'function') {
      const frame = (frames[index] ??= createRouteFrame(index));
      route.handler = throughFrame(handler, frame);
      // A body is parsed in turns of the event loop of its own; what follows begins a new stack.
      if (method !== 'GET') route.preValidation = enteringFirst(frame, route.preValidation);
    }
    previous = { url, handler, wrapped: route.handler };
  });

  // `this` is the response, so that one function serves every request. 'close' comes after 'finish', after an abort,
  // for hijacked replies and streams alike, and on HTTP/2 and injected responses too; onResponse misses aborts.
  function close(this: RecordedResponse): void {
    const record = this[kRecord];
    if (record === undefined || record === NO_RECORD) return;
    this[kRecord] = NO_RECORD;
    const statusCode = wasAnswered(this) ? this.statusCode : 0;
    deep?.end(record, statusCode);
    recorder.end(record, statusCode);
  }

  // A full collection that finds no request under way finds no instance of their hidden classes either, and V8 then
  // throws away all code it had optimized for them: the next 4,000 requests took up to five times as long. The newest
  // reply, with its request, is instance enough. Only of a GET, whose request holds no body.
  const instances: { newest?: FastifyReply } = {};

  app.addHook('onRequest', (request, reply, done) => {
    const route = rowOf(request, recorder, isExcluded);
    const frame = route === EXCLUDED ? undefined : frames[route];
    if (route !== EXCLUDED) {
      const response = reply.raw as unknown as RecordedResponse;
      response[kFrame] = frame;
      const record = recorder.begin(route);
      if (request.method === 'GET') instances.newest = reply;
      if (record !== NO_RECORD) {
        response[kRecord] = record;
        response.on('close', close);
        deep?.begin(record, route);
      }
    }
    goOn(done, frame);
  });

  // What follows an answer begins a new stack, and the rejection of an async handler does.
  if (core.profile !== undefined) {
    app.addHook('onResponse', (_request, reply, done) => goOn(done, frameOf(reply)));
    app.addHook('onError', (_request, reply, _error, done) => goOn(done, frameOf(reply)));
  }

  if (mayShowHeaders === undefined) return;
  const show = (reply: FastifyReply): void => {
    const delta = recorder.read((reply.raw as unknown as RecordedResponse)[kRecord]!);
    if (delta !== undefined) setHeaders(reply, delta);
  };
  app.addHook('onSend', (request, reply, _payload, done) => {
    const frame = frameOf(reply);
    const allowed = isOpen(reply) && mayShowHeaders(request);
    if (typeof allowed === 'boolean') {
      if (allowed) show(reply);
      goOn(done, frame);
      return;
    }
    const answer = (allowed: boolean): void => {
      // The client may have left meanwhile, and the record may be another request's by now.
      if (allowed && isOpen(reply)) show(reply);
      goOn(done, frame);
    };
    // Where Fastify refuses the payload it throws out of `done`; nobody else would catch it here.
    allowed.then(answer).catch((error: unknown) => reply.send(error));
  });
}

function frameOf(reply: FastifyReply): OwnFrame | undefined {
  return (reply.raw as unknown as RecordedResponse)[kFrame];
}

/** The rest of the request, within the frame of its route if it has one. */
function goOn(done: () => void, frame: OwnFrame | undefined): void {
  if (frame === undefined) done();
  else frame(done);
}

type PreValidation = NonNullable<RouteOptions['preValidation']>;

/** The hooks of a route, before them one that goes on within the frame. */
function enteringFirst(frame: OwnFrame, hooks: PreValidation | undefined): PreValidation {
  const enter = (_request: FastifyRequest, _reply: FastifyReply, done: () => void): void => void frame(done);
  return [enter, ...[hooks ?? []].flat()] as PreValidation;
}

function isOpen(reply: FastifyReply): boolean {
  return ((reply.raw as unknown as RecordedResponse)[kRecord] ?? NO_RECORD) !== NO_RECORD;
}

/** Who sees memory headers; undefined when nobody does, and then no hook is added. */
function headersFor(
  { responseHeaders, requests }: ResolvedOptions,
  access: AccessGuard,
): ((request: FastifyRequest) => boolean | Promise<boolean>) | undefined {
  if (responseHeaders === 'never' || !requests.heapDelta) return undefined;
  return responseHeaders === 'always' ? () => true : (request) => access.isAuthorized(request);
}

type Exclusion = (method: string, url: string) => boolean;

/** A pattern excludes all its methods, or the one it names; a HEAD goes with its GET. */
function exclusionOf(patterns: readonly string[]): Exclusion {
  const excluded = new Set(patterns);
  return (method, url) =>
    excluded.has(url) ||
    excluded.has(`${method} ${url}`) ||
    (method === 'HEAD' && excluded.has(`GET ${url}`));
}

/**
 * Whether the answer got out. `writableFinished` alone would not tell: it is false for an injected response, whose
 * bytes nobody drains, and true for one whose client left before the last bytes (HTTP/1), or before the first (HTTP/2).
 */
function wasAnswered(response: RecordedResponse): boolean {
  if (!response.writableEnded) return false;
  if (!(response instanceof ServerResponse)) return response.writableFinished;
  // A response lets go of its socket when it is done; the request keeps it.
  return response.socket?.destroyed !== true && !response.req.socket.errored;
}

/** A route without a row is the HEAD of a GET, or was registered before the plugin; it is added at its first request. */
function rowOf(request: FastifyRequest, recorder: Recorder, isExcluded: Exclusion): number {
  const config = request.routeOptions.config as RouteMark & { url?: string; method?: string | string[] };
  const known = config[kRoute];
  if (known !== undefined) return known;
  if (config.url === undefined) return UNMATCHED_ROUTE;
  const method = methodLabel(config.method ?? request.method);
  const index = isExcluded(method, config.url) ? EXCLUDED : recorder.addRoute(method, config.url);
  config[kRoute] = index;
  return index;
}

function methodLabel(method: string | readonly string[]): string {
  if (typeof method === 'string') return method;
  return method.length > 6 ? 'ALL' : method.join('|');
}

function setHeaders(
  reply: FastifyReply,
  { deltaBytes, quality, heapUsedBytes, durationMs }: HeapDelta,
): void {
  // As texts: Node checks the characters of a value and then appends it, and would convert a number for each.
  reply.header('x-memory-delta-bytes', `${deltaBytes}`);
  reply.header('x-memory-delta-quality', quality);
  reply.header('x-memory-heap-used-bytes', `${heapUsedBytes}`);
  const sign = deltaBytes < 0 ? '-' : '+';
  const own = `app;dur=${decimal(durationMs, 100)}, heap;desc="${sign}${decimal(Math.abs(deltaBytes) / 1024, 10)} KiB"`;
  const theirs = reply.getHeader('server-timing');
  reply.header('server-timing', theirs === undefined ? own : `${String(theirs)}, ${own}`);
}

/** As `toFixed` for a value ≥ 0, at a third of its cost; `scale` is 10 for one digit, 100 for two. */
function decimal(value: number, scale: 10 | 100): string {
  const scaled = Math.round(value * scale);
  const whole = Math.floor(scaled / scale);
  const digits = scaled - whole * scale;
  return scale === 100 && digits < 10 ? `${whole}.0${digits}` : `${whole}.${digits}`;
}
