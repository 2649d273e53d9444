import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { FileStore } from '../../../src/store/file/store.js';
import { temporaryStore } from '../../aid/file-store.js';
import { aRecord, idOf, increment, owner } from '../../aid/records.js';

const ID = idOf('a');

const WRITES: readonly [string, (store: FileStore) => Promise<unknown>][] = [
  ['a new session', (store) => store.create(aRecord('b', { user: owner('u') }))],
  ['a save', (store) => store.update(ID, increment)],
  ['an end', (store) => store.delete(ID, { tombstone: { reason: 'logout', at: 1, until: 9e12 } })],
  ['a new secret', (store) => store.adoptSecret(Buffer.alloc(32, 'x'))],
];

/** Moves a folder away and back as often as `mv` can, and fails when something is in its place. */
const MOVES = `
  const { renameSync } = require('node:fs');
  const [root, times] = process.argv.slice(1);
  for (let n = 0; n < Number(times); n++) {
    renameSync(root, root + '.away');
    for (const until = performance.now() + 2; performance.now() < until; );
    renameSync(root + '.away', root);
    for (const until = performance.now() + 2; performance.now() < until; );
  }
`;

describe('the folder of a store that is moved away from a process at work', () => {
  it.for(WRITES)('I2: is not made again by %s, which fails until the folder is back', async ([, write]) => {
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const { store, layout } = temporaryStore();
    await store.open();
    await store.create(aRecord('a', { user: owner('u') }));
    const away = `${layout.root}.away`;
    renameSync(layout.root, away);
    for (let time = 0; time < 3; time++)
      await expect(write(store)).rejects.toThrow(
        `the folder ${layout.root} was moved away or removed: put it back; to begin with an empty one, restart the process`,
      );
    expect(existsSync(layout.root)).toBe(false);
    renameSync(away, layout.root);
    await write(store);
    expect(readdirSync(layout.root)).toContain('lock');
    expect(await store.create(aRecord('c'))).toBe('created');
    warned.mockRestore();
  });

  it('is not made again by one that has only been opened', async () => {
    const first = temporaryStore();
    await first.store.create(aRecord('a'));
    const store = new FileStore(first.layout.root);
    await store.open();
    rmSync(first.layout.root, { recursive: true });
    await expect(store.create(aRecord('b'))).rejects.toThrow(/was moved away or removed/);
    expect(existsSync(first.layout.root)).toBe(false);
  });

  it('is made by the first session where it was not there yet', async () => {
    const { store, layout } = temporaryStore();
    await store.open();
    expect(existsSync(layout.root)).toBe(false);
    expect(await store.create(aRecord('a'))).toBe('created');
  });

  it('comes back each time, while sessions are made and saved all the time', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const { store, layout } = temporaryStore();
    await store.open();
    await store.create(aRecord('a', { user: owner('u') }));
    const outcomes = { done: 0, failed: 0 };
    const moving = spawn(process.execPath, ['-e', MOVES, layout.root, '150'], { stdio: 'inherit' });
    let code: number | null = null;
    const ended = once(moving, 'exit').then(([exit]) => (code = exit));
    for (let n = 0; moving.exitCode === null; n++) {
      const work =
        n % 2 === 0 ? store.create(aRecord(`s${n}`, { user: owner(`u${n}`) })) : store.update(ID, increment);
      await work.then(
        () => outcomes.done++,
        () => outcomes.failed++,
      );
      await nextTurn();
    }
    await ended;
    expect(code).toBe(0);
    expect(Math.min(outcomes.done, outcomes.failed)).toBeGreaterThan(0);
    expect(await store.update(ID, increment)).not.toBeNull();
    warned.mockRestore();
  });
});
