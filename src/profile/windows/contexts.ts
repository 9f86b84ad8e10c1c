import { AsyncLocalStorage, AsyncResource, createHook, executionAsyncResource } from 'node:async_hooks';
import { NOBODY, UNKNOWN, type Owner } from './marks.js';

/**
 * Follows requests over awaits, timers and callbacks while a window is open. Callbacks of what outlives a request (sockets,
 * servers, ports, workers) run outside every request, even where a request opened it: another request may use it by now.
 */
export interface Contexts {
  /** Runs what belongs to a request. */
  run<T>(slot: Owner, work: () => T): T;
  /** Goes on with the request where its context was lost, as in the events of its body. */
  enter(slot: Owner): void;
  /** The owner of what runs now. */
  current(): Owner;
  stop(): void;
}

/**
 * Names of the resources that outlive the request which opened them. Of Node's handles; their constructors are not exported.
 * A socket that a pool keeps is the case that matters: what is read from it is the answer to somebody else's query. Clients'
 * requests and streams of HTTP are not among them: Node makes one for each, in the context of whoever asked.
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
  // What waits for a connection that is being opened may be another request's.
  'TCPConnectWrap',
  'PipeConnectWrap',
]);

/** Deeper nesting of callbacks within callbacks is not followed. */
const MAX_DEPTH = 256;

/** @param onSwitch called whenever other work begins; it asks {@link Contexts.current} */
export function followContexts(onSwitch: () => void): Contexts {
  const storage = new AsyncLocalStorage<Owner | undefined>();
  const owner = (): Owner => storage.getStore() ?? NOBODY;
  /** Owners of what runs, the innermost last: callbacks may be run within callbacks, and these go on afterwards. */
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
    // Where nothing runs around it, whatever comes next says whose it is.
    if (depth > 0) onSwitch();
  }

  /** From Node 24 on its context is entered only after the hook. */
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
