import { createHash } from 'node:crypto';

const HOUR = 3_600_000;

/** The id of session `n` in every benchmark. It comes from no token, and is as evenly distributed as real ids. */
export function idOf(n) {
  return createHash('sha256').update(`session ${n}`).digest('hex').slice(0, 32);
}

/** The values of a typical session: some 300 bytes of JSON. */
export function data(n) {
  return {
    counter: n,
    language: 'en',
    theme: 'dark',
    trail: ['FrontPage', 'RecentChanges', 'HelpContents', 'SandBox', `Page${n % 1000}`],
    cart: [
      { article: 4711, count: 1, price: 19.9 },
      { article: 4712, count: 2, price: 4.5 },
    ],
    csrf: '3f9c2e61b7d84a50',
  };
}

/**
 * A record. Every second record belongs to a user. Each user has two: one active, one expired. Half of all records have expired.
 * @param now ms
 */
export function record(n, now) {
  const isUser = n % 2 === 0;
  const owner = ownerOf(n);
  const expires = n % 4 < 2 ? now + 12 * HOUR + n : now - 1 - n;
  return {
    version: 1,
    id: idOf(n),
    kind: isUser ? 'user' : 'anonymous',
    user: isUser ? owner : null,
    created: expires - 24 * HOUR,
    seen: expires - 13 * HOUR - (n % 1000) * 1000,
    cookieExpires: expires - HOUR,
    expires,
    revision: 1,
    remember: false,
    ended: null,
    data: data(n),
  };
}

export function ownerOf(n) {
  const user = n >> 2;
  return { id: `u${user}`, name: `User${user}`, method: 'moin_login' };
}
