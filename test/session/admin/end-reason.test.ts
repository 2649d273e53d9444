import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { SessionAdmin } from '../../../src/session/admin/admin.js';
import { simulate } from '../../../src/simulate.js';
import { cli } from '../../aid/cli/fake-context.js';
import { temporaryStore } from '../../aid/file-store.js';
import { putFile } from '../../aid/folder.js';
import { NOW, sample, storeOf } from '../../aid/records.js';
import { makeSite, type Site, simulateOptions } from '../../aid/site.js';

const LAPTOP = 'a lost laptop, ticket 4711';
const HOSTILE = '\u001b]0;taken\u0007\u202e\n"x"';
const id = (digits: string) => digits.padEnd(32, '0');

describe('spec 5: why sessions are ended, for operators', () => {
  it('the record keeps who ended it, when and why; without a reason it has none', async () => {
    const { store } = temporaryStore();
    for (const digits of ['aaaa', 'bbbb', 'cccc']) await store.create(sample(digits));
    const admin = new SessionAdmin({ store, clock: () => NOW });
    await admin.expire([id('aaaa')], { reason: LAPTOP });
    await admin.expire([id('bbbb')]);
    await admin.endUser('id-alice', { by: 'user', reason: 'all others' });
    expect((await store.find(id('aaaa')))?.ended).toEqual({ at: NOW, by: 'administrator', reason: LAPTOP });
    expect((await store.find(id('bbbb')))?.ended).toEqual({ at: NOW, by: 'administrator' });
    expect((await store.find(id('cccc')))?.ended).toEqual({ at: NOW, by: 'user', reason: 'all others' });
  });

  it('a dry run keeps nothing, and a session that ended before keeps its reason', async () => {
    const store = await storeOf(sample('aaaa'));
    const admin = new SessionAdmin({ store, clock: () => NOW });
    await admin.expire([id('aaaa')], { reason: 'no', dryRun: true });
    await admin.expire([id('aaaa')], { reason: LAPTOP });
    expect(await admin.expire([id('aaaa')], { reason: 'later' })).toMatchObject({ expired: 0, kept: 1 });
    expect((await store.find(id('aaaa')))?.ended).toMatchObject({ reason: LAPTOP });
  });

  it.each([
    ['', 'blank'],
    [' \n', 'blank'],
    ['x'.repeat(201), 'a text of 201 characters'],
    [5, 'a number'],
    [null, 'null'],
    [['x'], 'a list'],
  ])('a reason that is %o is a TypeError, and nothing ends', async (reason, what) => {
    const store = await storeOf(sample('aaaa'));
    const admin = new SessionAdmin({ store, clock: () => NOW });
    const message = `must be a text of 1 to 200 characters, and is ${what}`;
    const options = { reason: reason as string };
    await expect(admin.expire({ all: true }, options)).rejects.toThrow(message);
    await expect(admin.endUser('id-alice', options)).rejects.toThrow(message);
    expect((await store.find(id('aaaa')))?.ended).toBeNull();
  });

  it('200 characters of any script are a reason', async () => {
    const store = await storeOf(sample('aaaa'));
    const reason = '失'.repeat(200);
    await new SessionAdmin({ store, clock: () => NOW }).expire([id('aaaa')], { reason });
    expect((await store.find(id('aaaa')))?.ended).toMatchObject({ reason });
  });

  it('on a full disk, the tombstone keeps the reason in place of the record', async () => {
    const store = await storeOf(sample('aaaa'));
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    store.update = () => Promise.reject(new StoreError('the disk is full', { cause: full }));
    const admin = new SessionAdmin({ store, clock: () => NOW });
    expect(await admin.expire([id('aaaa')], { reason: LAPTOP })).toMatchObject({ expired: 1 });
    expect(await store.tombstone(id('aaaa'))).toMatchObject({ reason: 'administrator', text: LAPTOP });
  });

  it('I4: the file store reads a tombstone with its text, and leaves out one that is no text', async () => {
    const { store, layout } = temporaryStore();
    const tombstone = { reason: 'user' as const, at: NOW, until: NOW + 1, text: LAPTOP };
    await store.delete(id('aaaa'), { tombstone });
    expect(await store.tombstone(id('aaaa'))).toEqual(tombstone);
    putFile(layout.tombstone(id('aaaa')), JSON.stringify({ ...tombstone, text: { x: 1 } }));
    expect(await store.tombstone(id('aaaa'))).toEqual({ reason: 'user', at: NOW, until: NOW + 1 });
  });
});

describe('spec 7: what operators see of it', () => {
  async function ended(reason: string): Promise<{ site: Site; cookie: string }> {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    await site.sessions.expire({ userName: 'alice' }, { reason });
    return { site, cookie: `MOIN_SESSION=${browser.cookie}` };
  }

  it('list --fields and inspect show it, harmless on a terminal', async () => {
    const store = await storeOf(sample('aaaa'), sample('bbbb'));
    await new SessionAdmin({ store, clock: () => NOW }).expire([id('aaaa')], { reason: HOSTILE });
    const fields = 'endedBy,endedAt,endReason';
    const table = await cli({ store }, 'list', '--fields', fields, '--sort', 'endedAt');
    expect(table.out.split('\n')[1]).toMatch(/^administrator +now +␛\]0;taken␇\ufffd␊"x"/);
    const page = await cli({ store }, 'inspect', 'aaaa');
    expect(page.out).toContain('endedBy        administrator\nendedAt        2026-05-01T12:00:00.000Z (now)');
    expect(page.out).toContain('endReason      ␛]0;taken␇\ufffd␊"x"');
    for (const control of '\u001b\u0007\u202e') expect(page.out).not.toContain(control);
    const json = await cli({ store }, 'list', '--json', '--fields', fields, '--sort', 'endedAt');
    expect(JSON.parse(json.out)).toEqual([
      { endedBy: 'administrator', endedAt: '2026-05-01T12:00:00.000Z', endReason: HOSTILE },
      { endedBy: null, endedAt: null, endReason: null },
    ]);
    for (const control of '\u001b\u0007\u202e') expect(json.out).not.toContain(control);
  });

  it('simulate explains an ended session with the reason, from the record', async () => {
    const { site, cookie } = await ended(LAPTOP);
    const { requests } = await simulate(simulateOptions(site), { request: { headers: { cookie } } });
    const step = requests[0]?.steps.find(({ method }) => method === 'moin_session');
    expect(step).toMatchObject({
      reason: 'refused-expired',
      text: expect.stringMatching(
        /an administrator ended this session a moment ago: "a lost laptop, ticket 4711"$/,
      ),
    });
  });

  it('simulate explains it from the tombstone, too', async () => {
    const { site, cookie } = await ended('no');
    const [record] = await site.records();
    const tombstone = {
      reason: 'administrator' as const,
      at: site.time.now,
      until: site.time.now + 1,
      text: LAPTOP,
    };
    await site.store.delete(record?.id ?? '', { tombstone });
    const { requests } = await simulate(simulateOptions(site), { request: { headers: { cookie } } });
    expect(requests[0]?.steps.find(({ method }) => method === 'moin_session')?.text).toMatch(
      /an administrator ended this session a moment ago: "a lost laptop, ticket 4711"$/,
    );
  });

  it('sessions.endUser takes it', async () => {
    const site = makeSite();
    await site.browser().logIn('alice');
    await site.sessions.endUser('u-alice', { reason: 'all others' });
    expect((await site.records()).map(({ ended }) => ended)).toEqual([
      { at: site.time.now, by: 'user', reason: 'all others' },
    ]);
  });

  it('spec 5: sessions.endUser by an administrator, as for a ban: the record says so; by default it is the user', async () => {
    const site = makeSite();
    for (const options of [{ by: 'administrator' }, { by: 'user' }, undefined] as const) {
      const { session } = await site.browser().logIn('alice');
      await site.sessions.endUser('u-alice', options);
      expect((await site.sessions.get(session.id as string))?.endedBy).toBe(options?.by ?? 'user');
    }
  });
});
