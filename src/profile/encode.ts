import { toHeapProfile } from './heapprofile.js';
import { liveStacks } from './live-stacks.js';
import type { LiveProfile } from './live-profile.js';
import type { FullReading } from './reading.js';
import type { ProtocolNode, RawProfile } from './raw-profile.js';

export type ProfileFormat = 'pprof' | 'pprof-allocs' | 'heapprofile';

export interface EncodedProfile {
  readonly name: string;
  readonly type: string;
  readonly body: Buffer;
}

export interface EncodableReading {
  readonly reading: FullReading;
  /** The earlier of two readings: only what was allocated since and stayed alive is written. */
  readonly since?: FullReading;
}

/** A reading as a file for another tool: `go tool pprof`, or Chrome DevTools' Memory panel. */
export async function encodeReading(
  format: ProfileFormat,
  { reading, since }: EncodableReading,
  profile: Pick<LiveProfile, 'allocations' | 'earlier' | 'locate'>,
): Promise<EncodedProfile> {
  const stamp = new Date(reading.takenAtMs).toISOString().replaceAll(':', '-');
  const whole = reading.stacks.profile;
  const raw = since === undefined ? whole : allocatedSince(whole, since.stacks.profile);
  const earlier = since === undefined ? profile.earlier : [];
  if (format === 'heapprofile') {
    return {
      name: `heap-${stamp}.heapprofile`,
      type: 'application/json; charset=utf-8',
      body: Buffer.from(JSON.stringify(toHeapProfile(raw, earlier))),
    };
  }
  // The format's package is loaded only on request.
  const { encodePprof } = await import('./pprof.js');
  const allocs = format === 'pprof-allocs';
  return {
    name: `${allocs ? 'allocs' : 'heap'}-${stamp}.pb.gz`,
    type: 'application/octet-stream',
    body: await encodePprof(since === undefined ? reading.stacks : liveStacks(raw), {
      defaultSampleType: allocs ? 'alloc_space' : 'inuse_space',
      ...(since === undefined && { totals: profile.allocations.totals() }),
      earlier,
      locate: profile.locate,
    }),
  };
}

/** Without the samples that existed before; after an interruption of the sampling all are new. */
function allocatedSince(profile: RawProfile, before: RawProfile): RawProfile {
  const mark = profile.epoch === before.epoch ? before.highestOrdinal : 0;
  const samples = profile.samples.filter(({ ordinal }) => ordinal > mark);
  const sizes = new Map<number, number>();
  for (const { nodeId, size } of samples) sizes.set(nodeId, (sizes.get(nodeId) ?? 0) + size);
  const resize = (node: ProtocolNode): ProtocolNode => ({
    ...node,
    selfSize: sizes.get(node.id) ?? 0,
    children: node.children.map(resize),
  });
  return { ...profile, samples, head: resize(profile.head) };
}
