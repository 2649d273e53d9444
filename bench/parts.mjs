/** The parts of the benchmark, and what each takes: a function that measures and returns results. */
export const PARTS = {
  http: async () => (await import('./http.mjs')).http('express'),
  fastify: async () => (await import('./http.mjs')).http('fastify'),
  hono: async () => (await import('./http.mjs')).http('hono'),
  node: async () => (await import('./http.mjs')).http('node'),
  session: async () => (await import('./one-session.mjs')).oneSession,
  redis: async () => (await import('./redis-store.mjs')).redisStore,
  login: async () => (await import('./login.mjs')).login,
  contention: async () => (await import('./contention.mjs')).contention,
  cost: async () => (await import('./cost.mjs')).cost,
  profile: async () => (await import('./profile.mjs')).profile,
  admin: async () => (await import('./admin.mjs')).admin,
  growth: async () => (await import('./growth.mjs')).growth,
  start: async () => (await import('./start.mjs')).start,
};

export const DEFAULTS = { rounds: 5, seconds: 2, warmUp: 2.5, count: 2000, size: 5000, sessions: 50_000 };

/** Enough to show that every part works. The figures mean nothing. */
export const SMOKE = { rounds: 1, seconds: 0.2, warmUp: 0, count: 20, size: 50, sessions: 300 };
