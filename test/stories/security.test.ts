import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CookieSigner } from '../../src/session/cookie/signer.js';
import { idOf, newToken } from '../../src/session/cookie/token.js';
import { createSessions } from '../../src/sessions.js';
import { FileLayout } from '../../src/store/file/layout.js';
import { FileStore } from '../../src/store/file/store.js';
import { Browser } from '../aid/browser.js';
import { temporaryFolder } from '../aid/folder.js';
import { START } from '../aid/site.js';
import { TestUsers } from '../aid/users.js';

/** A site on the file store, which keeps the secret, and a clock that stands still. */
function realSite() {
  const dir = join(temporaryFolder(), 'sessions');
  const store = new FileStore(dir);
  const users = new TestUsers();
  const sessions = createSessions({
    store,
    users,
    anonymousCookieLifetime: 2,
    clock: () => START,
  });
  onTestFinished(() => sessions.close());
  const browser = () => new Browser(sessions);
  return { dir, store, users, sessions, browser };
}

/** All that stands in a folder: the names of its files and their bytes. */
function everythingIn(dir: string): string {
  const names = readdirSync(dir, { recursive: true }).map((name) => join(dir, String(name)));
  return names
    .map((name) => `${name}\n${statSync(name).isFile() ? readFileSync(name, 'latin1') : ''}`)
    .join('\n');
}

/** What a cookie opens: the user, and what is in the session. */
async function opens(browser: Browser, cookie: string): Promise<{ user: string | null; values: object }> {
  browser.plant(cookie);
  const { user, session } = await browser.visit();
  return { user, values: session.toJSON() };
}

const NOTHING = { user: null, values: {} };

describe('attacks (docs/security.md)', () => {
  it('a session fixation: a cookie that the attacker knew before the login opens nothing after it', async () => {
    const site = realSite();
    const attacker = site.browser();
    await attacker.visit();
    await attacker.visit({}, (session) => session.set('bait', true));
    const planted = attacker.cookie ?? '';
    const victim = site.browser();
    victim.plant(planted);
    expect((await victim.logIn('alice')).user).toBe('alice');
    await victim.visit({}, (session) => session.set('card', '4711'));
    expect(victim.cookie).not.toBe(planted);
    expect(await opens(site.browser(), planted)).toEqual(NOTHING);
    expect(await opens(site.browser(), planted.replace(/^anon/, 'user'))).toEqual(NOTHING);
    expect((await victim.visit()).session.get('card')).toBe('4711');
  });

  it('a session fixation: a token that the server has not made is never taken on', async () => {
    const site = realSite();
    const victim = site.browser();
    const invented = `anon.${newToken()}.${newToken()}`;
    victim.plant(invented);
    await victim.visit({}, (session) => session.set('a', 1));
    await victim.logIn('alice');
    expect(await site.store.find(idOf(invented.split('.')[1] ?? ''))).toBeNull();
    expect(await opens(site.browser(), invented)).toEqual(NOTHING);
  });

  it('a stolen store: ids, records and user index, all that logs and listings show, open no session', async () => {
    const site = realSite();
    const alice = site.browser();
    await alice.logIn('alice');
    await alice.visit({}, (session) => session.set('card', '4711'));
    const [, token = '', mac = ''] = alice.cookie?.split('.') ?? [];
    const loot = everythingIn(site.dir);
    expect(loot).toContain('4711');
    expect(loot).not.toContain(token);
    expect(loot).not.toContain(mac);
    for (const [word] of loot.matchAll(/[A-Za-z0-9_-]{16,}/g)) {
      const guess = word.padEnd(43, 'A').slice(0, 43);
      expect(await opens(site.browser(), `user.${guess}.${guess}`)).toEqual(NOTHING);
    }
  });

  it("a stolen backup: not even with the site's secret in it can a cookie be made that opens a session", async () => {
    const site = realSite();
    const alice = site.browser();
    await alice.logIn('alice');
    const visitor = site.browser();
    await visitor.visit();
    await visitor.visit({}, (session) => session.set('cart', 'apple'));
    const backup = temporaryFolder();
    cpSync(site.dir, backup, { recursive: true });
    const secret = await new FileStore(backup).secret({ create: false });
    const signer = new CookieSigner('MOIN_SESSION', [secret ?? Buffer.alloc(0)]);
    const ids = [...everythingIn(backup).matchAll(/[0-9a-f]{32}/g)].map(([id]) => id);
    expect(ids.length).toBeGreaterThan(2);
    for (const id of new Set(ids)) {
      for (const token of [id.padEnd(43, '0'), Buffer.from(id.repeat(2), 'hex').toString('base64url')]) {
        for (const kind of ['user', 'anon'] as const)
          expect(await opens(site.browser(), signer.sign(kind, token))).toEqual(NOTHING);
      }
    }
    for (const { cookie = '' } of [alice, visitor]) {
      expect(everythingIn(backup)).not.toContain(cookie.split('.')[1]);
      expect(signer.read(cookie).verdict).toBe('ok');
    }
  });

  it('a forged cookie: whatever is changed in it, it opens nothing and costs no access to the store', async () => {
    const site = realSite();
    const alice = site.browser();
    await alice.logIn('alice');
    const visitor = site.browser();
    await visitor.visit();
    await visitor.visit({}, (session) => session.set('cart', 'apple'));
    const [, token = '', mac = ''] = alice.cookie?.split('.') ?? [];
    const [, visitorsToken = '', visitorsMac = ''] = visitor.cookie?.split('.') ?? [];
    const other = new CookieSigner('MOIN_SESSION', [Buffer.alloc(32)]);
    const forged = [
      `user.${token}.${newToken()}`,
      `user.${visitorsToken}.${visitorsMac}`,
      `anon.${token}.${mac}`,
      `user.${token}.${visitorsMac}`,
      `user.${newToken()}.${mac}`,
      `user.${token}.${mac.slice(0, -1)}`,
      `user.${token}.`,
      `user.${token}`,
      other.sign('user', token),
      other.sign('anon', visitorsToken),
    ];
    const accesses = (['find', 'create', 'update', 'delete', 'tombstone', 'scan', 'findByUser'] as const).map(
      (name) => vi.spyOn(site.store, name),
    );
    for (const cookie of forged) expect(await opens(site.browser(), cookie)).toEqual(NOTHING);
    for (const access of accesses) expect(access).not.toHaveBeenCalled();
    expect((await opens(site.browser(), alice.cookie ?? '')).user).toBe('alice');
  });

  it('a replayed logged-out cookie: it is refused at once, for ever, and no late save brings the session back', async () => {
    const site = realSite();
    const alice = site.browser();
    await alice.logIn('alice');
    await alice.visit({}, (session) => session.set('card', '4711'));
    const stolen = alice.cookie ?? '';
    const inFlight = await alice.begin();
    inFlight.session.set('card', '4712');
    await alice.logOut();
    expect(await opens(site.browser(), stolen)).toEqual(NOTHING);
    await inFlight.commit();
    expect(await opens(site.browser(), stolen)).toEqual(NOTHING);
    await site.sessions.purge({ state: 'expired' });
    await alice.logIn('alice');
    expect(await opens(site.browser(), stolen)).toEqual(NOTHING);
    expect(everythingIn(site.dir)).not.toContain('4712');
  });
});

describe('a record that cannot be read (S6, I4)', () => {
  it('S6: stays at a logout, and repaired it opens nothing to the cookie of before', async () => {
    const site = realSite();
    const alice = site.browser();
    const { session } = await alice.logIn('alice');
    await alice.visit({}, (own) => own.set('card', '4711'));
    const stolen = alice.cookie ?? '';
    const path = new FileLayout(site.dir).record(session.id ?? '');
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, 'torn');
    await alice.logOut();
    expect(readFileSync(path, 'utf8')).toBe('torn');
    writeFileSync(path, whole);
    expect(await opens(site.browser(), stolen)).toEqual(NOTHING);
  });
});

describe('what users and administrators can do about sessions', () => {
  async function aliceTwice() {
    const site = realSite();
    const [here, there] = [site.browser(), site.browser()];
    const { session } = await here.logIn('alice');
    await there.logIn('alice');
    return { ...site, here, there, id: session.id ?? '' };
  }

  it('ASVS 7.4.3, 7.5.2: users see their own sessions, and end all others, as after a change of password', async () => {
    const { sessions, here, there, id } = await aliceTwice();
    const seen: string[] = [];
    for await (const session of sessions.list({ userId: 'u-alice' })) seen.push(session.id);
    expect(seen).toHaveLength(2);
    expect(seen).toContain(id);
    expect(await sessions.endUser('u-alice', { except: id })).toMatchObject({ expired: 1 });
    expect((await there.visit()).user).toBeNull();
    expect((await here.visit()).user).toBe('alice');
  });

  it('ASVS 7.4.2: once an account is disabled or deleted, none of its sessions logs anybody in', async () => {
    for (const end of ['disable', 'remove'] as const) {
      const { users, here, there } = await aliceTwice();
      users[end]('alice');
      for (const browser of [here, there]) {
        const { user, session, sent } = await browser.visit();
        expect(user).toBeNull();
        expect(session.available).toBe(false);
        expect(sent?.kind).not.toBe('user');
      }
    }
  });

  it('ASVS 7.4.5: administrators end one session, or all', async () => {
    const { sessions, here, there, id } = await aliceTwice();
    await sessions.expire([id]);
    expect((await here.visit()).user).toBeNull();
    expect((await there.visit()).user).toBe('alice');
    await sessions.expire({ all: true });
    expect((await there.visit()).user).toBeNull();
  });

  it('ASVS 7.2.3: a token is 256 bits of the CSPRNG, and no two are alike', () => {
    const tokens = Array.from({ length: 2000 }, newToken);
    expect(new Set(tokens).size).toBe(2000);
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const ones = tokens
      .flatMap((token) => [...Buffer.from(token, 'base64url')])
      .reduce((sum, byte) => sum + bits(byte), 0);
    expect(Math.abs(ones / (2000 * 256) - 0.5)).toBeLessThan(0.01);
  });
});

function bits(byte: number): number {
  return byte.toString(2).replaceAll('0', '').length;
}
