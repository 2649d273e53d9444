import { expect, it } from 'vitest';
import { SessionAdmin } from '../../../src/session/admin/admin.js';
import { NOW, sample, storeOf } from '../../aid/records.js';

it.each([
  ['named by id', [sample('aaaa').id]],
  ['found by a filter', { userId: 'id-alice' }],
])('I5: a session that another process removes at the same time is not counted: %s', async (_, which) => {
  const store = await storeOf(sample('aaaa'));
  const remove = store.delete.bind(store);
  store.delete = async (id, options) => {
    await remove(id);
    return remove(id, options);
  };
  const report = await new SessionAdmin({ store, clock: () => NOW }).purge(which);
  expect(report).toMatchObject({ matched: 0, removed: 0, kept: 0, failed: 0 });
});
