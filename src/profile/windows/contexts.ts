import { AsyncLocalStorage, AsyncResource, createHook, executionAsyncResource } from 'node:async_hooks';
import { NOBODY, UNKNOWN, type Owner } from './marks.js';

/**
 * Follows requests over awaits, timers and callbacks while a window is open. Callbacks of resources that outlive requests
 * (sockets, servers, ports, workers) run outside every request, even if a request opened the resource: another request may
 * use it now.
 */
export interface Contexts {
  /** Runs `work` in the context of a request. */
  run<T>(slot: Owner, work: () => T): T;
  /** Restores a lost context for the rest of the current callback, as in the events of a request's body. */
  enter(slot: Owner): void;
  /** The owner of the current execution. */
  current(): Owner;
  stop(): void;
}

/**
 * Constructor names of resources that outlive the request that opened them; Node does not export the constructors. Pooled
 * sockets matter most: data read from one may answer another request's query. HTTP client requests and streams are not
 * listed: Node creates one per call, in the caller's context.
 */
const LASTING = new Set([
  'TCP',
  'Pipe',
  'TLSWrap',
  'TTY',
  'UDP',
  'Http2Session',
  'HTTPParser',
  'HTTPServerAsyncResource',
  'MessagePort',
  'Worker',
  'Process',
  'FSEvent',
  'StatWatcher',
  'Signal',
  'JSStream',
  // Another request may wait for a connection that is being opened.
  'TCPConnectWrap',
  'PipeConnectWrap',
]);

/** Deeper nesting of callbacks is not followed. */
const MAX_DEPTH = 256;

/** @param onSwitch called whenever execution switches to other work; reads {@link Contexts.current} */
export function followContexts(onSwitch: () => void): Contexts {
  const storage = new AsyncLocalStorage<Owner | undefined>();
  const owner = (): Owner => storage.getStore() ?? NOBODY;
  /** Stack of owners, the innermost last: a callback may run within another, which continues afterwards. */
  const running = new Int32Array(MAX_DEPTH).fill(NOBODY);
  let depth = 0;
  let isAsking = false;

  function become(now: Owner): void {
    const isDeepest = depth >= MAX_DEPTH - 1;
    running[isDeepest ? MAX_DEPTH - 1 : depth] = isDeepest ? UNKNOWN : now;
    onSwitch();
  }

  function begin(now: Owner): void {
    depth += 1;
    become(now);
  }

  function end(): void {
    if (depth === 0) return;
    depth -= 1;
    // At depth 0 the next callback sets the owner.
    if (depth > 0) onSwitch();
  }

  /** From Node 24 on, Node enters the context of an AsyncResource only after the hook. */
  function ownerOfBound(resource: AsyncResource): Owner {
    isAsking = true;
    try {
      return AsyncResource.prototype.runInAsyncScope.call(resource, owner) as Owner;
    } finally {
      isAsking = false;
    }
  }

  const hook = createHook({
    before() {
      if (isAsking) return;
      const resource = executionAsyncResource();
      if (resource instanceof AsyncResource) {
        begin(ownerOfBound(resource));
        return;
      }
      if (storage.getStore() !== undefined && isLasting(resource)) storage.enterWith(undefined);
      begin(owner());
    },
    after() {
      if (!isAsking) end();
    },
  });
  hook.enable();
  return {
    run(slot, work) {
      return storage.run(slot, () => {
        begin(slot);
        try {
          return work();
        } finally {
          end();
        }
      });
    },
    enter(slot) {
      storage.enterWith(slot);
      become(slot);
    },
    current: () => running[Math.min(depth, MAX_DEPTH - 1)]!,
    stop() {
      hook.disable();
      storage.disable();
    },
  };
}

function isLasting(resource: object): boolean {
  const { constructor } = resource;
  if (typeof constructor !== 'function') return false;
  if (LASTING.has(constructor.name)) return true;
  return '_repeat' in resource && resource._repeat !== null;
}
