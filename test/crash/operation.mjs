// Does one thing to a store that a test has prepared: `node --import kill-at.mjs operation.mjs BUILT WHERE WHAT DURABILITY`.

import { RECORD, REPLACEMENT, TOMBSTONE } from './sample-records.mjs';

const [built, where, what, durability = 'process'] = process.argv.slice(2);
const { openStore } = await import(`${built}/dist/store/open.js`);
const { SessionAdmin } = await import(`${built}/dist/session/admin/admin.js`);
const store = await openStore(where, { durability });

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
