/** Fastify answers 404, because it uses the status code of an error. */
export class NotFound extends Error {
  readonly statusCode = 404;

  constructor(what: string, id: string | number) {
    super(`There is no ${what} ${id}.`);
  }
}
