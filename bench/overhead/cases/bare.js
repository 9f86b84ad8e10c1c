/** @type {import('./case.js').Case} */
export const bare = {
  name: 'bare',
  title: 'bare Fastify',
  register: async () => async () => null,
};
