import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { createSessions } from '../../../src/index.js';
import { StoppedError } from '../../../src/session/admin/bulk.js';
import { BULK, type BulkDeletion } from '../../../src/store/bulk.js';
import type { SessionStore } from '../../../src/store/contract.js';
import { FileStore } from '../../../src/store/file/store.js';
import { temporaryStore } from '../../aid/file-store.js';
import { idsIn, NOW, sample } from '../../aid/records.js';

const HOUR = 3_600_000;
/** Each folder is a batch. */
const FOLDERS = ['a0', 'b0', 'c0', 'd0'];
const IDS = FOLDERS.flatMap((folder) => ['00', '01', '02', '03'].map((rest) => sample(folder + rest).id));

/** Stops the clock by which a long batch ends early: on a busy machine a folder would be several. */
function withWholeFolders() {
  vi.useFakeTimers({ toFake: ['performance'] });
}

/** The folder of a store whose sessions have all expired. */
async function expiredStore() {
  const { store, layout } = temporaryStore();
  for (const id of IDS) await store.create(sample(id, { cookieExpires: NOW - 2 * HOUR }));
  return { store, root: layout.root };
}

function sessionsOn(store: SessionStore, clock = () => NOW) {
  const sessions = createSessions({ store, clock, secrets: 's'.repeat(32) });
  onTestFinished(() => sessions.close());
  return sessions;
}

/** The second batch fails as a whole. */
class SecondFails extends FileStore {
  override get [BULK](): BulkDeletion {
    const bulk = super[BULK] as BulkDeletion;
    let batches = 0;
    return {
      ...bulk,
      delete: async (ids, when) => {
        batches += 1;
        if (batches === 2) throw new StoreError('the disk is away');
        return bulk.delete(ids, when);
      },
    };
  }
}

afterEach(() => {
  vi.useRealTimers();
});

it('a purge of a store that is opened for reading only stops with a report', async () => {
  withWholeFolders();
  const { store, root } = await expiredStore();
  const reader = new FileStore(root, { readOnly: true });
  const failed: string[] = [];
  const purge = sessionsOn(reader).purge({ state: 'expired' }, { onFailure: (id) => failed.push(id) });
  const error = await purge.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StoppedError);
  expect(error).toMatchObject({
    message: expect.stringContaining('opened for reading only'),
    report: { matched: 3, removed: 0, kept: 0, failed: 3 },
  });
  expect(failed).toEqual(IDS.slice(0, 2));
  expect(await idsIn(store.scan())).toEqual(IDS);
});

it('a batch that fails as a whole stops the purge, and the report counts the batches that are in work', async () => {
  withWholeFolders();
  const { root } = await expiredStore();
  const store = new SecondFails(root);
  const done: string[] = [];
  const purge = sessionsOn(store).purge({ state: 'expired' }, { onDone: (id) => done.push(id) });
  const error = await purge.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StoppedError);
  const { report } = error as StoppedError;
  expect(report).toMatchObject({ matched: done.length + 3, removed: done.length, failed: 3 });
  expect(await idsIn(store.scan())).toEqual(IDS.filter((id) => !done.includes(id)));
  expect(done.slice(0, 4)).toEqual(IDS.slice(0, 4));
});

it('startPurging emits a warning for each purge of a store that is opened for reading only, and goes on', async () => {
  const { root } = await expiredStore();
  vi.useFakeTimers({ now: NOW });
  const sessions = sessionsOn(new FileStore(root, { readOnly: true }), Date.now);
  const stop = sessions.startPurging({ every: HOUR });
  onTestFinished(stop);
  for (let run = 0; run < 2; run++) {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    await vi.advanceTimersByTimeAsync(1.1 * HOUR);
    expect(await warned).toMatchObject({
      code: 'MOIN_SESSIONS_PURGE',
      message: expect.stringMatching(/opened for reading only.*stopped there/),
    });
  }
});
