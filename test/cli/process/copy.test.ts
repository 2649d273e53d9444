import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tryLock } from 'fs-native-extensions';
import { afterEach, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { lockSlot } from '../../../src/store/file/layout.js';
import { FileStore } from '../../../src/store/file/store.js';
import { RedisStore } from '../../../src/store/redis/store.js';
import { resultOf } from '../../aid/cli/run.js';
import { snapshot } from '../../aid/folder.js';
import { need } from '../../aid/need.js';
import { idOf, idsIn, sample } from '../../aid/records.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { startRedis } from '../../aid/redis/server.js';

const IDS = Array.from({ length: 200 }, (_, n) => idOf(n)).sort();
/** The copy waits for this one, while it has others in work. */
const LOCKED = IDS[100] as string;

let folder: string;
let source: FileStore;
let target: FileStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'copy-'));
  source = new FileStore(join(folder, 'source'));
  target = new FileStore(join(folder, 'target'));
  const now = Date.now();
  for (const id of IDS)
    await source.create(sample(id, { seen: now, cookieExpires: now + HOUR, data: { id } }));
  await source.secret({ create: true });
});
afterEach(async () => {
  await source.close();
  await target.close();
  rmSync(folder, { recursive: true });
});

function start(...flags: string[]): ChildProcess {
  const program = join(inject('built'), 'bin/moin-sessions.js');
  const argv = [program, 'copy', '--store', 'source', '--to', 'target', '--json', ...flags];
  return spawn(process.execPath, argv, { cwd: folder });
}

describe('spec 7: a copy that is interrupted goes on when it is run again', () => {
  it.each([['SIGINT', 130] as const, ['SIGKILL', null] as const])(
    '%s in the middle leaves two whole stores; the next copy brings the rest, and ends what was logged out meanwhile',
    async (signal, status) => {
      const before = snapshot(join(folder, 'source'));
      // The lock file of the target is there before the copy, for the test to hold a lock in it.
      await target.adoptSecret((await source.secret({ create: false })) as Buffer);
      const lock = openSync(join(folder, 'target/lock'), 'a+');
      expect(tryLock(lock, lockSlot(LOCKED), 1)).toBe(true);
      const child = start();
      const result = signal === 'SIGINT' ? resultOf(child) : null;
      const ended = once(child, 'exit');
      while ((await target.find(IDS[99] as string)) === null) await new Promise(setImmediate);
      child.kill(signal);
      expect((await ended)[0]).toBe(status);
      closeSync(lock);
      if (result !== null)
        expect((await result).err).toMatch(
          /^moin-sessions: Interrupted: copied at least \d+ sessions, the rest is as it was: the same command with --yes goes on\n$/,
        );
      expect(snapshot(join(folder, 'source'))).toEqual(before);
      const there = await idsIn(target.scan());
      expect(there).not.toContain(LOCKED);
      for (const id of there) expect(await target.find(id)).toEqual(await source.find(id));
      const now = Date.now();
      await source.delete(IDS[0] as string, { tombstone: { reason: 'logout', at: now, until: now + HOUR } });
      const { code, out, err } = await resultOf(start('-y'));
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(JSON.parse(out)).toMatchObject({
        matched: 199,
        copied: 200 - there.length,
        skipped: there.length - 1,
        ended: 1,
        verified: 199,
        secret: 'kept',
      });
      expect(await idsIn(target.scan())).toEqual(IDS.slice(1));
    },
    60_000,
  );
});

it('spec 6: between two Redis, the password of an address counts before that of the environment', async (context) => {
  need(context, NO_REDIS);
  const [old, next] = [await startRedis({ password: 'old one' }), await startRedis({ password: 'next' })];
  onTestFinished(async () => void (await Promise.all([old.stop(), next.stop()])));
  const store = new RedisStore(old.url);
  const now = Date.now();
  await store.create(sample(LOCKED, { seen: now, cookieExpires: now + HOUR }));
  await store.close();
  writeFileSync(join(folder, 'old.json'), JSON.stringify({ store: old.url }));
  const program = join(inject('built'), 'bin/moin-sessions.js');
  const to = `redis://127.0.0.1:${next.port}`;
  const argv = [program, 'copy', '--config', 'old.json', '--to', to, '--mirror', '--json'];
  const env = { ...process.env, MOIN_SESSIONS_REDIS_PASSWORD: 'next' };
  const { code, out, err } = await resultOf(spawn(process.execPath, argv, { cwd: folder, env }));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toMatchObject({ copied: 1, verified: 1, unverified: 0 });
});

it("spec 6: a site with durability 'fsync' copies to Redis, in the real process", async (context) => {
  need(context, NO_REDIS);
  const server = await startRedis();
  onTestFinished(server.stop);
  writeFileSync(join(folder, 'site.json'), '{ "store": "file:source", "durability": "fsync" }');
  const program = join(inject('built'), 'bin/moin-sessions.js');
  const argv = [program, 'copy', '--config', 'site.json', '--to', server.url, '--json'];
  const { code, out, err } = await resultOf(spawn(process.execPath, argv, { cwd: folder }));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toMatchObject({ copied: 200, verified: 200, secret: 'adopted' });
});

it('I1, I2: while servers write to the source, each copy leaves a target of whole records, and the last one is exact', async () => {
  let isOver = false;
  const server = (async () => {
    for (let n = 0; !isOver; n++) {
      const id = IDS[n % IDS.length] as string;
      if (n % 7 === 0) {
        const at = Date.now();
        await source.delete(id, { tombstone: { reason: 'logout', at, until: at + HOUR } });
      } else {
        await source.update(id, (current) => ({ ...current, seen: Date.now(), data: { id, n } }));
      }
      await new Promise(setImmediate);
    }
  })();
  for (const flags of [[], ['-y']])
    expect(await resultOf(start(...flags))).toMatchObject({ code: 0, err: '' });
  isOver = true;
  await server;
  expect(await resultOf(start('-y'))).toMatchObject({ code: 0, err: '' });
  const left = await idsIn(source.scan());
  expect(await idsIn(target.scan())).toEqual(left);
  for (const id of left) {
    const [from, to] = [await source.find(id), await target.find(id)];
    expect({ ...to, revision: 0 }).toEqual({ ...from, revision: 0 });
  }
}, 60_000);
