/** The owners of `sample.mjs`. They exist as soon as they are named, and their passwords cost nothing. */
export const users = {
  findByName: async (name) => ({ id: name.replace('User', 'u'), name }),
  findById: async (id) => ({ id, name: id.replace('u', 'User') }),
  verifyPassword: async (user) => user !== null,
};
