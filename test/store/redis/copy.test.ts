import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { createSessions } from '../../../src/sessions.js';
import type { SessionStore } from '../../../src/store/contract.js';
import { FileStore } from '../../../src/store/file/store.js';
import { RedisStore } from '../../../src/store/redis/store.js';
import { Browser } from '../../aid/browser.js';
import { cli } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { need } from '../../aid/need.js';
import { idOf, idsIn, sample } from '../../aid/records.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { type RedisServer, startRedis } from '../../aid/redis/server.js';
import { TestUsers } from '../../aid/users.js';

let server: RedisServer;
let copies = 0;

beforeAll(async () => {
  if (NO_REDIS === null) server = await startRedis();
});
afterAll(() => server?.stop());
beforeEach((context) => need(context, NO_REDIS));

/** Opens the same store anew at each call: a command closes what it opened. */
type Place = () => SessionStore;

function files(): Place {
  const folder = join(temporaryFolder(), 'sessions');
  return () => closedAtTheEnd(new FileStore(folder));
}

function redis(prefix = `copy-${copies++}:`): Place {
  return () => closedAtTheEnd(new RedisStore(server.url, { prefix, timeout: 10_000 }));
}

function closedAtTheEnd<T extends SessionStore>(store: T): T {
  onTestFinished(() => store.close());
  return store;
}

async function copy(from: Place, to: Place, ...flags: string[]) {
  const world = { store: from(), stores: { 'other:': to() }, clock: Date.now };
  const { code, out, err } = await cli(world, 'copy', '--to', 'other:', '--json', '-y', ...flags);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out);
}

const site = (at: Place) =>
  createSessions({ store: at(), users: new TestUsers(), auth: ['moin_login', 'moin_session'] });

describe('spec 7: copy between files and Redis', () => {
  it('S3: a browser moves to Redis and back, and is logged in at each place', async () => {
    const [old, distant, back] = [files(), redis(), files()];
    const browser = new Browser(site(old));
    await browser.logIn('alice');
    await browser.visit({}, (session) => session.set('cart', ['moin-3']));
    for (const [from, to] of [
      [old, distant],
      [distant, back],
    ] as const) {
      expect(await copy(from, to)).toMatchObject({ copied: 1, verified: 1, failed: 0, secret: 'adopted' });
      expect(await copy(from, to)).toMatchObject({ copied: 0, skipped: 1, verified: 1, secret: 'kept' });
      const visit = await new Browser(site(to), browser.jar).begin();
      expect([visit.user?.name, visit.session.get('cart')]).toEqual(['alice', ['moin-3']]);
    }
  });

  it('I1, I2: changes and ends of the old store reach Redis with the next copy', async () => {
    const [old, distant] = [files(), redis()];
    const from = old();
    const now = Date.now();
    const at = { seen: now, cookieExpires: now + HOUR };
    for (let n = 0; n < 300; n++) await from.create(sample(idOf(n), at));
    expect(await copy(old, distant)).toMatchObject({ copied: 300, verified: 300 });
    await from.update(idOf(0), (record) => ({ ...record, seen: now + 1, data: { n: 1 } }));
    await from.delete(idOf(1), { tombstone: { reason: 'logout', at: now, until: now + HOUR } });
    await from.update(idOf(2), (record) => ({
      ...record,
      cookieExpires: now - HOUR,
      expires: now,
      ended: { at: now, by: 'administrator' },
    }));
    expect(await copy(old, distant, '--dry-run')).toMatchObject({ copied: 0, replaced: 2, ended: 1 });
    expect(await copy(old, distant)).toMatchObject({ copied: 0, replaced: 2, skipped: 297, ended: 1 });
    const there = distant();
    expect((await there.find(idOf(0)))?.data).toEqual({ n: 1 });
    expect(await there.find(idOf(1))).toBeNull();
    expect((await there.find(idOf(2)))?.ended?.by).toBe('administrator');
    expect(await idsIn(there.scan())).toHaveLength(299);
  });

  it('I2: --mirror ends in Redis what was purged in the old store, and back in files what Redis has not', async () => {
    const [old, distant] = [files(), redis()];
    const now = Date.now();
    const at = { seen: now, cookieExpires: now + HOUR };
    for (let n = 0; n < 5; n++) await old().create(sample(idOf(n), at));
    await copy(old, distant);
    await old().delete(idOf(0));
    expect(await copy(old, distant)).toMatchObject({ skipped: 4, ended: 0 });
    expect(await copy(old, distant, '--mirror')).toMatchObject({ skipped: 4, ended: 1, verified: 4 });
    expect(await idsIn(distant().scan())).toEqual([1, 2, 3, 4].map(idOf).sort());
    await distant().delete(idOf(1));
    expect(await copy(distant, old, '--mirror')).toMatchObject({ skipped: 3, ended: 1, verified: 3 });
    expect(await idsIn(old().scan())).toEqual([2, 3, 4].map(idOf).sort());
  });

  it('two stores with secrets of their own: listed as the documentation says, both kinds of cookies open', async () => {
    const [old, distant] = [files(), redis('two:')];
    const [one, other] = [new Browser(site(old)), new Browser(site(distant))];
    await one.logIn('alice');
    await other.logIn('bob');
    await copy(old, distant, '--no-secret');
    const folder = old().location.slice('file:'.length);
    const texts = [await server.cli('GET', 'two:secret'), readFileSync(join(folder, 'secret'), 'utf8')];
    const secrets = texts.map((text) => Buffer.from(text, 'base64url'));
    const moved = createSessions({
      store: distant(),
      secrets,
      users: new TestUsers(),
      auth: ['moin_login', 'moin_session'],
    });
    const names = [];
    for (const { jar } of [one, other]) names.push((await new Browser(moved, jar).begin()).user?.name);
    expect(names).toEqual(['alice', 'bob']);
  });

  it('a Redis that falls silent stops the copy with its error; the next copy goes on', async () => {
    const [old, distant] = [files(), redis()];
    const from = old();
    const now = Date.now();
    for (let n = 0; n < 300; n++)
      await from.create(sample(idOf(n), { seen: now, cookieExpires: now + HOUR }));
    const to = new RedisStore(server.url, { prefix: 'silent:', timeout: 3000 });
    onTestFinished(() => to.close());
    const create = to.create.bind(to);
    let created = 0;
    to.create = async (record) => {
      created += 1;
      if (created === 100) server.pause();
      return create(record);
    };
    const world = { store: from, stores: { 'other:': to as SessionStore }, clock: Date.now };
    const { code, err } = await cli(world, 'copy', '--to', 'other:', '-y').finally(() => server.resume());
    expect(code).toBe(1);
    expect(err).toContain('stopped there, for the others would fail, too');
    expect(created).toBeLessThan(200);
    expect(await copy(old, distant)).toMatchObject({ matched: 300, verified: 300 });
  });
});
