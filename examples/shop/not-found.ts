/** Fastify answers 404 for it, as the status code on an error tells it to. */
export class NotFound extends Error {
  readonly statusCode = 404;

  constructor(what: string, id: string | number) {
    super(`There is no ${what} ${id}.`);
  }
}
