// Does one thing to a file store that `points.test.ts` has prepared: `node --import kill-at.mjs operation.mjs BUILT DIR WHAT DURABILITY`.

import { RECORD, REPLACEMENT, TOMBSTONE } from './sample-records.mjs';

const [built, dir, what, durability = 'process'] = process.argv.slice(2);
const { FileStore } = await import(`${built}/dist/store/file/store.js`);
const { SessionAdmin } = await import(`${built}/dist/session/admin/admin.js`);
const store = new FileStore(dir, { durability });

const things = {
  prepare: () => store.create(RECORD),
  create: () => store.create(REPLACEMENT),
  update: () => store.update(RECORD.id, (record) => ({ ...record, data: { n: 2 } })),
  removeKey: () => store.update(RECORD.id, (record) => ({ ...record, data: {} })),
  logout: () => store.delete(RECORD.id, { tombstone: TOMBSTONE }),
  rotate: async () => {
    await store.create(REPLACEMENT);
    await store.delete(RECORD.id, { tombstone: { ...TOMBSTONE, reason: 'rotated' } });
  },
  takeOver: () => store.update(RECORD.id, (record) => ({ ...record, user: REPLACEMENT.user })),
  purge: () => new SessionAdmin({ store, clock: () => RECORD.expires }).purge({ state: 'expired' }),
  secret: () => store.secret({ create: true }),
};

await things[what]();
await store.close();
