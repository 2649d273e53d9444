import { RedisStore } from 'connect-redis';
import session from 'express-session';
import { createClient } from 'redis';
import sessionFileStore from 'session-file-store';
import { temporaryFolder } from '../folder.mjs';
import { data, idOf } from '../sample.mjs';

const DAY = 86_400;

/** session-file-store without its clean-up and its reports of missing sessions. */
export function makeFileStore(path = temporaryFolder()) {
  const FileStore = sessionFileStore(session);
  return new FileStore({ path, ttl: DAY, reapInterval: -1, logFn() {} });
}

export function makeMemoryStore() {
  return new session.MemoryStore();
}

export async function makeRedisStore(url) {
  const client = await createClient({ url }).connect();
  return { store: new RedisStore({ client, ttl: DAY }), close: () => client.close() };
}

/** A store for express-session. Calls `get`, `set` and `touch` as express-session does. */
export async function peer(store, size) {
  const ids = Array.from({ length: size }, (_, n) => idOf(n));
  const cookie = new session.Cookie({ maxAge: DAY * 1000 });
  const call = (method, ...args) =>
    new Promise((resolve, reject) => {
      store[method](...args, (error, result) => (error ? reject(error) : resolve(result)));
    });
  for (const [n, id] of ids.entries()) await call('set', id, { cookie, ...data(n) });
  return {
    load: (n) => call('get', ids[n % size]),
    save: (n) => call('set', ids[n % size], { cookie, ...data(n) }),
    refresh: (n) => call('touch', ids[n % size], { cookie, ...data(n) }),
  };
}
