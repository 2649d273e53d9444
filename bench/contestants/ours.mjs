import { CookieSigner } from '../../dist/session/cookie/signer.js';
import { idOf as idOfToken } from '../../dist/session/cookie/token.js';
import { createSessions } from '../../dist/sessions.js';
import { FileStore } from '../../dist/store/file/store.js';
import { RedisStore } from '../../dist/store/redis/store.js';
import { temporaryFolder } from '../folder.mjs';
import { data, idOf, ownerOf } from '../sample.mjs';
import { users } from './users.mjs';

const HOUR = 3_600_000;

/** The file store alone. @param options `reopen`: a new store before each turn, which has seen no session yet */
export function fileStore(size, options) {
  const folder = temporaryFolder();
  return storeAlone(() => new FileStore(folder), size, options);
}

/** The Redis store alone, under a prefix of its own. */
export function redisStore(size, url, options) {
  const prefix = `${process.pid}:`;
  return storeAlone(() => new RedisStore(url, { prefix }), size, options);
}

async function storeAlone(open, size, { reopen = false } = {}) {
  const ids = Array.from({ length: size }, (_, n) => idOf(n));
  let store = open();
  for (const [n, id] of ids.entries()) await store.create(recordOf(id, n, Date.now()));
  return {
    async prepare() {
      if (!reopen) return;
      await store.close();
      store = open();
      await store.open?.();
    },
    load: (n) => store.find(ids[n % size]),
    save: (n) => store.update(ids[n % size], (current) => ({ ...current, data: data(n) })),
    refresh: (n) => store.update(ids[n % size], (current) => ({ ...current, seen: n, expires: n + HOUR })),
  };
}

/** The cost of a logged-in user's request without a web server: the chain, the session, the commit. */
export async function visits(size) {
  const secret = Buffer.alloc(32, 'bench');
  const signer = new CookieSigner('MOIN_SESSION', [secret]);
  const tokens = Array.from({ length: size }, (_, n) => Buffer.alloc(32, idOf(n)).toString('base64url'));
  const cookies = tokens.map((token) => `MOIN_SESSION=${signer.sign('user', token)}`);
  const store = new FileStore(temporaryFolder());
  let shift = 0;
  const clock = () => Date.now() + shift;
  for (const [n, token] of tokens.entries()) await store.create(recordOf(idOfToken(token), n, clock()));
  const sessions = createSessions({ store, secrets: [secret], clock, users, cookieLifetime: 12 });
  const begin = async (n) => {
    const visit = await sessions.begin({
      headers: { cookie: cookies[n % size] },
      remoteAddress: '127.0.0.1',
    });
    if (!visit.session.available) throw new Error(`session ${n % size} was refused: ${visit.trace[0].text}`);
    return visit;
  };
  return {
    async load(n) {
      const visit = await begin(n);
      visit.session.get('counter');
      return visit.commit();
    },
    async save(n) {
      const visit = await begin(n);
      visit.session.set('counter', n + shift);
      return visit.commit();
    },
    /** Moves the clock far enough for a refresh, but not so far that the session expires. */
    async refresh(n) {
      if (n % size === 0) shift += 2 * HOUR;
      const visit = await begin(n);
      return visit.commit();
    },
  };
}

function recordOf(id, n, now) {
  return {
    version: 1,
    id,
    kind: 'user',
    user: ownerOf(n),
    created: now,
    seen: now,
    cookieExpires: now + 12 * HOUR,
    expires: now + 13 * HOUR,
    revision: 1,
    remember: false,
    ended: null,
    data: data(n),
  };
}
