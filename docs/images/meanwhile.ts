import { tokenOf } from '../../src/cli/commands/demo/sessions.js';
import { idOf } from '../../src/session/cookie/token.js';
import { storeOpener } from '../../src/store/open.js';

const HOUR = 3_600_000;

/** What happens between two looks at the sample store: one logs in, one comes back, one logs out. @param at in ms */
export async function liveOn(folder: string, at: number): Promise<void> {
  const store = await storeOpener(folder, {})();
  const idOfSession = (label: string) => idOf(tokenOf(label));
  const zoe = await store.find(idOfSession('u-zoe active'));
  if (zoe === null) throw new Error(`the sample store in ${folder} has no session of Zoë`);
  await store.create({
    ...zoe,
    id: idOfSession('u-zoe on a second device'),
    created: at,
    seen: at,
    revision: 1,
  });
  await store.update(idOfSession('u-juergen active'), (record) => ({ ...record, seen: at }));
  const logout = { reason: 'logout', at, until: at + HOUR } as const;
  await store.delete(idOfSession('u-admin active'), { tombstone: logout });
  await store.close();
}
