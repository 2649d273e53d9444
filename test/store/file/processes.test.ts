import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { FileStore } from '../../../src/store/file/store.js';
import { temporaryStore } from '../../aid/file-store.js';
import { putFile } from '../../aid/folder.js';
import { all, aRecord, idOf, idsIn, owner } from '../../aid/records.js';
import { together, Worker } from '../processes.js';

const NOW = 1_000_000;

describe('a file store and several processes', () => {
  function makeStore() {
    const { store, layout } = temporaryStore();
    const worker = (job: string, argument?: string | number, only?: string) =>
      new Worker({ where: layout.root, job, argument, only });
    return { store, layout, worker };
  }

  it('I1: no step is lost when four count one session up', async () => {
    const { store, worker } = makeStore();
    await store.create(aRecord('a'));
    const said = await together(Array.from({ length: 4 }, () => worker('increment', 100, idOf('a'))));
    expect(await store.find(idOf('a'))).toMatchObject({ revision: 401, data: { n: 400 } });
    expect(new Set(said.flat()).size).toBe(400);
  });

  it('I2, I3: readers beside a writer see whole records, none older than the last, and none after its end', async () => {
    const { worker } = makeStore();
    const writer = worker('live', JSON.stringify(aRecord('a')));
    await writer.start();
    const said = await together([worker('watch', 20_000), worker('watch', 20_000)]);
    expect(said).toEqual([['saw ends'], ['saw ends']]);
  });

  it('I2: a late save brings nothing back that another logs out', async () => {
    const { store, worker } = makeStore();
    for (let n = 0; n < 150; n++) await store.create(aRecord(n, { user: owner('u') }));
    const [deleted] = await together([worker('logout'), worker('save'), worker('save')]);
    expect(deleted).toHaveLength(150);
    expect(await all(store.scan())).toEqual([]);
    expect(await all(store.findByUser('u'))).toEqual([]);
  });

  it('S3: beside a rotation no tombstone without the successor is seen, however long its writer takes', async () => {
    const { store, layout, worker } = makeStore();
    const rotated = { reason: 'rotated', at: NOW, until: NOW + 1, successor: idOf('b') } as const;
    await store.create(aRecord('a'));
    const gate = join(layout.root, 'wait');
    putFile(gate, '');
    const writer = worker('endSlowly', JSON.stringify(rotated), idOf('a'));
    await writer.start();
    await vi.waitUntil(() => writer.said.includes('renamed'), { timeout: 10_000 });
    expect(await store.find(idOf('a'))).toBeNull();
    const asked = store.tombstone(idOf('a'));
    rmSync(gate);
    expect(await asked).toEqual(rotated);
    expect(existsSync(layout.record(idOf('a')))).toBe(false);
    await writer.done();
  });

  it.each([
    ['one by one', 'purge'],
    ['in batches', 'purgeBatches'],
  ])('I5: what one refreshes while two purge stays, all else goes once: %s', async (_, purge) => {
    const { store, worker } = makeStore();
    const inOneFolder = (n: number) => `ab${idOf(n).slice(2)}`;
    for (let n = 0; n < 300; n++) await store.create(aRecord(n, { id: inOneFolder(n), expires: NOW }));
    const said = await together([worker(purge, NOW), worker('refresh', NOW), worker(purge, NOW)]);
    const refreshed = idsAfter('refreshed', said);
    const removed = idsAfter('removed', said);
    expect(await idsIn(store.scan())).toEqual(refreshed.sort());
    expect(new Set([...refreshed, ...removed]).size).toBe(300);
    expect(refreshed.length + removed.length).toBe(300);
  });

  it('spec 4: all who make a secret at the same time get the same one', async () => {
    const { layout } = makeStore();
    const where = join(layout.root, '%');
    const said = await together(
      Array.from({ length: 4 }, () => new Worker({ where, job: 'secret', argument: 40 })),
    );
    for (let n = 0; n < 40; n++) {
      const kept = await new FileStore(join(layout.root, String(n))).secret({ create: false });
      expect(kept).toHaveLength(32);
      expect(said.map((lines) => lines[n])).toEqual(Array(4).fill(`${n} ${kept?.toString('hex')}`));
    }
  });

  function idsAfter(word: string, said: string[][]): string[] {
    return said
      .flat()
      .map((line) => line.split(' '))
      .filter(([first]) => first === word)
      .map(([, id]) => id ?? '');
  }
});
