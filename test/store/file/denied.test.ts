import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DeniedRecordError } from '../../../src/base/errors.js';
import type { FileStore } from '../../../src/store/file/store.js';
import { all } from '../../../src/testing/store/records.js';
import { need } from '../../aid/need.js';
import { APP, as, notRoot } from '../../aid/ownership.js';
import { sample } from '../../aid/records.js';
import { restoredStore } from '../../aid/restored-store.js';

const SHUT = sample('abab');
const oneShut = () => restoredStore([SHUT], (layout) => [layout.record(SHUT.id)]);

it.for<[string, (store: FileStore) => Promise<unknown>]>([
  ['find', (store) => store.find(SHUT.id)],
  ['update', (store) => store.update(SHUT.id, (current) => current)],
  ['delete with a condition', (store) => store.delete(SHUT.id, { when: () => true })],
])('I4: %s of a record that may not be read is an error of its own', async ([_, work], context) => {
  need(context, notRoot);
  const { open, layout } = await oneShut();
  await as(APP, APP, () => expect(work(open())).rejects.toThrow(DeniedRecordError));
  expect(existsSync(layout.record(SHUT.id))).toBe(true);
});

it('I4: scan and findByUser list it as one that may not be read, and a plain delete removes it', async (context) => {
  need(context, notRoot);
  const { open } = await oneShut();
  await as(APP, APP, async () => {
    const store = open();
    const listed = [{ id: SHUT.id, record: null, denied: true }];
    expect(await all(store.scan())).toMatchObject(listed);
    expect(await all(store.findByUser('id-alice'))).toMatchObject(listed);
    expect(await all(store.findByUser('id-bob'))).toEqual([]);
    expect(await store.delete(SHUT.id)).toMatchObject({ removed: true, record: null });
    expect(await all(store.scan())).toEqual([]);
  });
});
