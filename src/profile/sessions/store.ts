import { Buffer } from 'node:buffer';
import type { ProfileSession, SessionSite } from './session.js';

export interface SessionStoreLimits {
  readonly maxSessions: number;
  /** Size of all sessions as JSON. */
  readonly maxSessionBytes: number;
}

/** Ended sessions, oldest dropped first. */
export interface SessionStore {
  /** @returns the session as kept: without its last sites if it is too large by itself */
  add(session: ProfileSession): ProfileSession;
  get(id: string): ProfileSession | undefined;
  /** Newest first. */
  list(): readonly ProfileSession[];
  readonly bytes: number;
  /** Sessions dropped for lack of room. */
  readonly dropped: number;
}

const bytesOf = (value: object): number => Buffer.byteLength(JSON.stringify(value));

function fitted(session: ProfileSession, maxBytes: number): ProfileSession {
  const { sites } = session;
  if (sites === undefined || bytesOf(session) <= maxBytes) return session;
  // Room for the separators between sites, and a larger number of omitted ones.
  let room = maxBytes - bytesOf({ ...session, sites: [] }) - 16;
  const kept: SessionSite[] = [];
  for (const site of sites) {
    room -= bytesOf(site) + 1;
    if (room < 0) break;
    kept.push(site);
  }
  const omittedSites = (session.omittedSites ?? 0) + sites.length - kept.length;
  return { ...session, sites: kept, omittedSites };
}

export function createSessionStore({ maxSessions, maxSessionBytes }: SessionStoreLimits): SessionStore {
  const kept = new Map<string, { readonly session: ProfileSession; readonly size: number }>();
  let bytes = 0;
  let dropped = 0;

  return {
    add(given) {
      const session = fitted(given, maxSessionBytes);
      const size = bytesOf(session);
      kept.set(session.id, { session, size });
      bytes += size;
      for (const [id, oldest] of kept) {
        if (kept.size <= maxSessions && bytes <= maxSessionBytes) break;
        kept.delete(id);
        bytes -= oldest.size;
        dropped += 1;
      }
      return session;
    },
    get: (id) => kept.get(id)?.session,
    list: () => [...kept.values()].map(({ session }) => session).toReversed(),
    get bytes() {
      return bytes;
    },
    get dropped() {
      return dropped;
    },
  };
}
