import { closeSync, openSync } from 'node:fs';
import { tryLock, unlock } from 'fs-native-extensions';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { StoreError, UnreadableRecordError } from '../../../src/base/errors.js';
import { lockSlot } from '../../../src/store/file/layout.js';
import { FileStore } from '../../../src/store/file/store.js';
import { IMMEDIATE, immediateAccess } from '../../../src/store/immediate.js';
import { fileStoreKind, listedIn, temporaryStore } from '../../aid/file-store.js';
import { putFile } from '../../aid/folder.js';
import { aRecord, copyOf, idOf, increment, owner } from '../../aid/records.js';
import { describeStore } from '../contract.js';

const ID = idOf('a');

/** Everything that `find` and `update` promise holds of what the store does at once. Callers get and give copies here. */
class AtOnce extends FileStore {
  override async find(id: string) {
    return structuredClone(this[IMMEDIATE].find(id));
  }

  override async update(id: string, change: Parameters<FileStore['update']>[1]) {
    const updated = this[IMMEDIATE].update(id, (current) => copyOf(change(structuredClone(current))));
    return updated === 'busy' ? super.update(id, change) : structuredClone(updated);
  }
}

const rootOf = ({ location }: FileStore) => location.slice('file:'.length);
const kind = fileStoreKind();
describeStore('FileStore, in the same turn', {
  ...kind,
  open: async () => new AtOnce(rootOf(await kind.open())),
  reopen: (store) => new AtOnce(rootOf(store)),
});

describe('what a file store does in the same turn', () => {
  it('reads, and saves what is listed, also for those who wait', async () => {
    const { store } = temporaryStore();
    await store.create(aRecord('a', { user: owner('u') }));
    const { find, update } = store[IMMEDIATE];
    expect(update(ID, increment)).toMatchObject({ revision: 2 });
    expect(find(ID)).toMatchObject({ revision: 2, data: { n: 1 } });
    expect(Object.isFrozen(find(ID)?.data)).toBe(true);
    expect(await store.find(ID)).toEqual(find(ID));
    expect(update(idOf('b'), () => expect.unreachable())).toBeNull();
    expect(update(ID, () => null)).toBeNull();
  });

  it('I1: says that it is busy, and changes nothing, while another process has the lock', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a'));
    const other = openSync(layout.lock, 'a+');
    onTestFinished(() => closeSync(other));
    expect(tryLock(other, lockSlot(ID), 1)).toBe(true);
    expect(store[IMMEDIATE].update(ID, () => expect.unreachable())).toBe('busy');
    unlock(other, lockSlot(ID), 1);
    expect(store[IMMEDIATE].update(ID, increment)).toMatchObject({ revision: 2 });
  });

  it('I1: is busy within a change, which runs alone', async () => {
    const { store } = temporaryStore();
    await store.create(aRecord('a'));
    const inner: unknown[] = [];
    const nested = () => void inner.push(store[IMMEDIATE].update(ID, increment));
    await store.update(ID, (now) => {
      nested();
      return increment(now);
    });
    await store.delete(ID, {
      when() {
        nested();
        return false;
      },
    });
    expect(inner).toEqual(['busy', 'busy']);
    expect(await store.find(ID)).toMatchObject({ revision: 2 });
  });

  it('is busy when the session must be listed for its user first, and writes nothing', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('a'));
    const logIn = (now: ReturnType<typeof aRecord>) => ({ ...now, kind: 'user' as const, user: owner('u') });
    expect(store[IMMEDIATE].update(ID, logIn)).toBe('busy');
    expect(listedIn(layout, 'u')).toEqual([]);
    expect(await store.find(ID)).toEqual(aRecord('a'));
    expect(await store.update(ID, logIn)).toMatchObject({ revision: 2 });
    expect(store[IMMEDIATE].update(ID, increment)).toMatchObject({ revision: 3 });
  });

  it('throws what find and update reject with', async () => {
    const { store, layout } = temporaryStore();
    await store.create(aRecord('b'));
    putFile(layout.record(ID), 'torn');
    const { find, update } = store[IMMEDIATE];
    expect(() => find(ID)).toThrow(UnreadableRecordError);
    expect(() => update(ID, increment)).toThrow(UnreadableRecordError);
    for (const wrong of ['../secret', '', 7 as never]) {
      expect(() => find(wrong)).toThrow(TypeError);
      expect(() => update(wrong, increment)).toThrow(TypeError);
    }
    const failing = () => {
      throw new RangeError('inside');
    };
    expect(() => update(idOf('b'), failing)).toThrow(RangeError);
    expect(update(idOf('b'), increment)).toMatchObject({ revision: 2 });
    const readOnly = new FileStore(layout.root, { readOnly: true });
    expect(readOnly[IMMEDIATE].find(idOf('b'))).toMatchObject({ revision: 2 });
    expect(() => readOnly[IMMEDIATE].update(idOf('b'), increment)).toThrow(StoreError);
  });

  it.each(['find', 'update'] as const)('is not asked when the prototype’s %s was wrapped before', (name) => {
    const { layout } = temporaryStore();
    const wrapped = vi.spyOn(FileStore.prototype, name);
    onTestFinished(() => wrapped.mockRestore());
    expect(immediateAccess(new FileStore(layout.root))).toBeNull();
    wrapped.mockRestore();
    expect(immediateAccess(new FileStore(layout.root))).not.toBeNull();
  });

  it('is not asked when a subclass replaces find or update', () => {
    const { layout } = temporaryStore();
    expect(immediateAccess(new FileStore(layout.root))).not.toBeNull();
    expect(immediateAccess(new AtOnce(layout.root))).toBeNull();
  });
});
