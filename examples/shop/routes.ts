import type {
  FastifyPluginAsync,
  FastifyPluginOptions,
  FastifyTypeProvider,
  RawServerDefault,
} from 'fastify';
import type { Static, TSchema } from 'typebox';

/** Types requests and replies by their TypeBox schemas. */
interface SchemaTypes extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

/** A group of routes, whose options are what it needs from the shop. */
export type Routes<Needs extends FastifyPluginOptions> = FastifyPluginAsync<
  Needs,
  RawServerDefault,
  SchemaTypes
>;
