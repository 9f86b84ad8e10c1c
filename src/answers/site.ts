import { Type } from 'typebox';
import { Bytes, BytesEstimate, Count, Estimate, Seconds } from './common.js';

/** The place of a function in the source. */
export const Place = {
  function: Type.String(),
  file: Type.String({ description: 'relative to the working directory; empty where there is none' }),
  line: Type.Integer({ description: 'where the function starts: V8 samples by function' }),
  column: Type.Integer(),
};

/** A function that allocated live memory. */
export const Site = Type.Object(
  {
    ...Place,
    kind: Type.String({ description: 'application, package, node, vm or tidemark' }),
    package: Type.Optional(Type.String()),
    liveBytes: Bytes,
    liveSamples: Count,
    newLiveBytes: Bytes,
    growthBytes: BytesEstimate,
    share: Type.Number({ minimum: 0, maximum: 1, description: 'of all net growth, 0 to 1' }),
    stack: Type.Array(Type.String(), { description: 'the allocating frame first' }),
    callees: Type.Array(Type.Object(Place, { title: 'Place' }), {
      description: 'what it was seen to call: V8 books the allocations of inlined functions on their callers',
    }),
    routes: Type.Array(Type.String(), { description: 'routes whose requests left memory there' }),
    survival: Type.Optional(
      Type.Object(
        { share: Estimate, seconds: Seconds, samples: Count },
        {
          description:
            'share of the samples it held in a reading, `seconds` before the newest one, that are still alive, 0 to 1',
        },
      ),
    ),
  },
  { title: 'Site' },
);
