/** The documented answer of GET /memory/leak-detection; fields that do not apply to a class are absent. */

export interface Estimate {
  value: number;
  low: number;
  high: number;
}

export interface RouteSuspect {
  route: string;
  bytesPerRequest?: Estimate;
  share?: number;
  collinearWith?: readonly string[];
}

export interface SiteSuspect {
  function: string;
  file: string;
  line: number;
  column?: number;
  growthBytes?: Estimate;
  share?: number;
}

export interface LeakAnswer {
  verdict: string;
  confidence?: number;
  signal?: string;
  window?: { from: string; to: string; majorGcs: number; requests: number };
  growth?: { bytesPerSecond?: Estimate; bytesPerRequest?: Estimate };
  limit?: { bytes: number; source: string };
  exhaustion?: { at: string; inSeconds: Estimate };
  suspects?: { routes?: readonly RouteSuspect[]; sites?: readonly SiteSuspect[] };
  ruledOut?: readonly { verdict: string; because: string }[];
  missing?: string | readonly string[];
  readyInSeconds?: number;
  decidedAt?: string;
  next?: readonly { why: string; curl: string; cost?: { pauseMs?: number } }[];
}

/** Whether the answer has everything that the demo waits for. */
export function isComplete({ verdict, suspects }: LeakAnswer): boolean {
  return verdict === 'leaking' && firstRoute(suspects) !== undefined && (suspects?.sites?.length ?? 0) > 0;
}

export function firstRoute(suspects: LeakAnswer['suspects']): RouteSuspect | undefined {
  return suspects?.routes?.[0];
}
