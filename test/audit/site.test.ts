import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionsOptions } from '../../src/config/options.js';
import type { IncomingRequest } from '../../src/http/request.js';
import { changeBack, changeUser, MemoryStore, TooManyLoginsError } from '../../src/index.js';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';
import { during } from '../aid/route.js';
import { makeSite, type Site, START } from '../aid/site.js';

let file: string;
beforeEach(() => {
  file = join(temporaryFolder(), 'audit.log');
});
afterEach(() => {
  vi.restoreAllMocks();
});

const BASIC: SessionsOptions['auth'] = ['http_basic', 'moin_session'];

type Line = Record<string, unknown>;

function lines(): Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

const site = (options: SessionsOptions = {}): Site =>
  makeSite({ audit: file, auth: ['moin_login', 'moin_session', 'moin_anon_session'], ...options });

/** The paths of the files that this process has open. */
function openFiles(): string[] {
  const names = readdirSync('/proc/self/fd').map((fd) => `/proc/self/fd/${fd}`);
  return names.filter((name) => existsSync(name)).map((name) => readlinkSync(name));
}

const at = new Date(START).toISOString();
const ID = expect.stringMatching(/^[0-9a-f]{32}$/);

describe('option audit: the log of a site', () => {
  it('has a line for each login and logout, with user, session, method and address', async () => {
    const browser = site().browser();
    await browser.visit({
      form: { login: true, name: 'alice', password: 'alice' },
      remoteAddress: '192.0.2.7',
    });
    await browser.visit({ form: { logout: true }, remoteAddress: '192.0.2.7' });
    const alice = { at, user: 'alice', userId: 'u-alice', id: ID };
    const client = { method: 'moin_login', address: '192.0.2.7' };
    expect(lines()).toEqual([
      { ...alice, event: 'login', ...client },
      { ...alice, event: 'ended', by: 'logout' },
      { ...alice, event: 'logout', ...client },
    ]);
  });

  it('has a failed login with the name as it was typed: bounded, and harmless on a terminal', async () => {
    const name = `\u001b[2J\u202e${'x'.repeat(500)}`;
    await site()
      .browser()
      .visit({ form: { login: true, name, password: 'no' } });
    const [line, ...others] = lines();
    expect(others).toEqual([]);
    expect(line).toMatchObject({ event: 'login-failed', method: 'moin_login', reason: 'unknown-user' });
    expect(line?.user).toBe(`\ufffd[2J\ufffd${'x'.repeat(195)}`);
    expect(readFileSync(file, 'utf8')).not.toContain('"no"');
  });

  it.each<[string, IncomingRequest, SessionsOptions]>([
    ['unknown-user', { form: { login: true, name: 'mallory', password: 'alice' } }, {}],
    ['wrong-password', { form: { login: true, name: 'alice', password: 'no' } }, {}],
    ['disabled-user', { form: { login: true, name: 'dora', password: 'dora' } }, {}],
    ['wrong-password', { form: { login: true, name: 'dora', password: 'no' } }, {}],
    ['incomplete', { form: { login: true, name: 'alice' } }, {}],
    ['too-long', { form: { login: true, name: 'alice', password: 'x'.repeat(5000) } }, {}],
    [
      'cross-site',
      {
        form: { login: true, name: 'alice', password: 'alice' },
        method: 'POST',
        headers: { 'sec-fetch-site': 'cross-site' },
      },
      {},
    ],
    ['wrong-password', { headers: { authorization: `Basic ${btoa('alice:no')}` } }, { auth: BASIC }],
    ['unknown-user', { headers: { authorization: `Basic ${btoa('mallory:no')}` } }, { auth: BASIC }],
    ['disabled-user', { headers: { authorization: `Basic ${btoa('dora:dora')}` } }, { auth: BASIC }],
  ])('tells failed logins apart: %s, of %j; the event does not', async (reason, request, options) => {
    const here = site(options);
    here.users.add('dora');
    here.users.disable('dora');
    const { visit } = await here.browser().visit(request);
    expect(lines()).toMatchObject([{ event: 'login-failed', reason }]);
    const told = here.events.filter(({ event }) => event === 'login-failed').map((event) => event.reason);
    expect(told).toEqual([reason === 'cross-site' ? 'cross-site' : 'rejected']);
    expect(JSON.stringify(visit.loginResult)).not.toMatch(/unknown|disabled|wrong/);
  });

  it('S9: tells a login that the limit denied, and one of a flood, from wrong passwords', async () => {
    const full = site({ maxSessionsPerUser: 1, onLimit: 'deny' });
    await full.browser().logIn('alice');
    await full.browser().logIn('alice');
    full.users.verifyPassword = () => Promise.reject(new TooManyLoginsError(1));
    await expect(full.browser().logIn('bob')).rejects.toThrow(TooManyLoginsError);
    const failed = lines().filter(({ event }) => event === 'login-failed');
    expect(failed.map(({ user, reason }) => [user, reason])).toEqual([
      ['alice', 'denied'],
      ['bob', 'too-many-logins'],
    ]);
  });

  it('has who ended a session and why: the limit, an administrator, the user', async () => {
    const limited = site({ maxSessionsPerUser: 1 });
    await limited.browser().logIn('alice');
    await limited.browser().logIn('alice');
    await limited.sessions.expire({ userName: 'alice' }, { reason: 'a lost laptop' });
    await limited.browser().logIn('bob');
    await limited.sessions.endUser('u-bob');
    const ends = lines().filter(({ event }) => event === 'ended');
    expect(ends.map(({ user, by, reason }) => [user, by, reason])).toEqual([
      ['alice', 'limit', undefined],
      ['alice', 'administrator', 'a lost laptop'],
      ['bob', 'user', undefined],
    ]);
  });

  it('has a purge with its count, and each session that it ended before its time', async () => {
    const here = site();
    await here.browser().logIn('alice');
    await here.sessions.purge({ all: true });
    expect(lines().slice(1)).toEqual([
      { at, event: 'ended', user: 'alice', userId: 'u-alice', id: ID, by: 'purge' },
      { at, event: 'purged', count: 1 },
    ]);
  });

  it('has a change of user: who acts as whom, from where, and the way back', async () => {
    const here = site({ superuser: ['alice'] });
    const browser = here.browser();
    await browser.logIn('alice');
    await during(browser, (visit) => changeUser(visit, 'bob'), { remoteAddress: '192.0.2.7' });
    await during(browser, (visit) => changeBack(visit), { remoteAddress: '192.0.2.7' });
    const changes = lines().filter(({ event }) => event === 'setuid');
    const alice = { at, event: 'setuid', realUser: 'alice', id: ID, address: '192.0.2.7' };
    expect(changes).toEqual([
      { ...alice, user: 'bob', userId: 'u-bob', reason: 'from alice to bob' },
      { ...alice, user: 'alice', userId: 'u-alice', reason: 'from bob to alice' },
    ]);
  });

  it('holds no token, no cookie and no password', async () => {
    const here = site();
    const browser = here.browser();
    await browser.logIn('alice');
    const token = /user\.([\w-]{43})/.exec(browser.cookie ?? '')?.[1];
    await browser.logOut();
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(readFileSync(file, 'utf8')).not.toContain(token);
  });

  it('is written before a listener hears of the event: it may end the process', async () => {
    const here = site();
    const seen: number[] = [];
    here.sessions.on('login', () => seen.push(lines().length));
    await here.browser().logIn('alice');
    expect(seen).toEqual([1]);
  });

  it('does not keep anybody from logging in when it cannot be written; warns once, and says later what is missing', async () => {
    const warning = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const here = site({ audit: join(temporaryFolder(), 'gone/audit.log') });
    await expect(here.sessions.open()).rejects.toThrow(/gone\/audit.log: its folder does not exist: make it/);
    for (let login = 0; login < 3; login++) await here.browser().logIn('alice');
    expect((await here.records()).length).toBe(3);
    expect(warning.mock.calls.map(([message]) => message)).toEqual([
      expect.stringMatching(/its folder does not exist.*Requests go on, and their entries are lost$/),
    ]);
  });

  it('open() makes the file, with mode 0600', async () => {
    await site().sessions.open();
    expect(lines()).toEqual([]);
  });

  it('close() closes the file last: what ends while the store closes is noted, and no file stays open', async (context) => {
    need(context, process.platform === 'linux' ? null : 'only Linux shows the open files of a process');
    const store = new MemoryStore();
    const here = site({ store });
    await here.browser().logIn('alice');
    const close = store.close.bind(store);
    store.close = async () => {
      await here.sessions.expire({ all: true });
      await close();
      throw new Error('the store does not close');
    };
    await expect(here.sessions.close()).rejects.toThrow('the store does not close');
    expect(lines().map(({ event }) => event)).toEqual(['login', 'ended']);
    expect(openFiles()).not.toContain(file);
  });
});
