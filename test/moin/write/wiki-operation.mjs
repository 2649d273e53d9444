// Does one thing to a wiki: `node --import kill-at.mjs wiki-operation.mjs BUILT DATA USER_DIR WHAT ID NOW`.

const [built, data, userDir, what, id, now] = process.argv.slice(2);
const { MoinStore } = await import(`${built}/dist/moin/store.js`);
const { SessionAdmin } = await import(`${built}/dist/session/admin/admin.js`);
const store = new MoinStore(data, userDir === '' ? {} : { user_dir: userDir });
const admin = new SessionAdmin({ store, clock: () => Number(now) });

const things = {
  expire: () => admin.expire([id]),
  purge: () => admin.purge([id]),
  'purge --expired': () => admin.purge({ state: 'expired' }),
};

await things[what]();
await store.close();
