import type {
  onRequestAsyncHookHandler,
  onRequestHookHandler,
  onResponseHookHandler,
  RouteOptions,
} from 'fastify';

type OnRequest = onRequestHookHandler | onRequestAsyncHookHandler;

function methodsOf({ method }: RouteOptions): readonly string[] {
  return Array.isArray(method) ? method : [method];
}

/** `GET /orders/:id`, `GET,POST /orders`: how messages and counters name a route. A HEAD route goes by its GET. */
export function routeName(route: RouteOptions): string {
  const methods = methodsOf(route).map((method) => (method === 'HEAD' ? 'GET' : method));
  return `${[...new Set(methods)].join(',')} ${route.url}`;
}

/**
 * Adds an `onRequest` hook behind those the route has. The list is replaced, not pushed to: Fastify hands the same array
 * to the HEAD route that it makes of a GET, and that one would then run the hook twice.
 */
export function addOnRequest(route: RouteOptions, hook: OnRequest): void {
  const existing = route.onRequest ?? [];
  route.onRequest = [...(Array.isArray(existing) ? existing : [existing]), hook];
}

/** Adds an `onResponse` hook behind those the route has. */
export function addOnResponse(route: RouteOptions, hook: onResponseHookHandler): void {
  const existing = route.onResponse ?? [];
  route.onResponse = [...(Array.isArray(existing) ? existing : [existing]), hook];
}
