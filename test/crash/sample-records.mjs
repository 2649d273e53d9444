// The sessions of `points.test.ts`, the same in all its processes.

const USER = { id: 'alice', name: 'Alice', method: 'moin_login' };
const TIMES = { created: 1_000_000, seen: 1_000_000, cookieExpires: 2_000_000, expires: 5_600_000 };
const REST = { version: 1, kind: 'user', revision: 1, remember: false, ended: null, client: null };

export const RECORD = { ...REST, ...TIMES, id: 'ab'.repeat(16), user: USER, data: { n: 1 } };
export const REPLACEMENT = { ...RECORD, id: 'cd'.repeat(16), user: { ...USER, id: 'bob' } };
/** Sessions of one folder, which a purge removes together. */
export const NEIGHBOURS = ['01', '02', '03', '04'].map((end) => ({ ...RECORD, id: 'ab'.repeat(15) + end }));
export const TOMBSTONE = { reason: 'logout', at: 1_000_000, until: 4_600_000 };
