import type { FastifyInstance, FastifyPluginAsync } from 'fastify';

/** Something that watches every request of a server. */
export interface Case {
  readonly name: string;
  readonly title: string;
  /** A header that every answer must carry; if absent, none of Tidemark's may appear. */
  readonly header?: string;
  /**
   * Installs it, before the routes. Resolves to a function that returns the number of requests seen, or null if none
   * are counted.
   */
  register(app: FastifyInstance, settings: CaseSettings): Promise<() => Promise<number | null>>;
}

export interface CaseSettings {
  /** Tidemark. */
  readonly plugin: FastifyPluginAsync<object>;
  readonly stateDirectory: string;
}
