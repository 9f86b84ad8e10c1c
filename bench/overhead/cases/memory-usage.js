/** The approach of a blog post: `process.memoryUsage()` before and after, and a header. @type {import('./case.js').Case} */
export const memoryUsage = {
  name: 'memory-usage',
  title: 'two process.memoryUsage() and a header',
  header: 'x-memory-delta-bytes',
  async register(app) {
    /** @type {WeakMap<object, number>} */
    const before = new WeakMap();
    app.addHook('onRequest', (request, _reply, done) => {
      before.set(request, process.memoryUsage().heapUsed);
      done();
    });
    app.addHook('onSend', (request, reply, payload, done) => {
      reply.header('x-memory-delta-bytes', process.memoryUsage().heapUsed - (before.get(request) ?? 0));
      done(null, payload);
    });
    return async () => null;
  },
};
