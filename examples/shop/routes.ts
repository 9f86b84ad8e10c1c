import type {
  FastifyPluginAsync,
  FastifyPluginOptions,
  FastifyTypeProvider,
  RawServerDefault,
} from 'fastify';
import type { Static, TSchema } from 'typebox';

/** Gives requests and replies the types of their TypeBox schemas. */
interface SchemaTypes extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

/** A group of routes, with what it needs from the shop as its options. */
export type Routes<Needs extends FastifyPluginOptions> = FastifyPluginAsync<
  Needs,
  RawServerDefault,
  SchemaTypes
>;
