import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { EVENTS, type SessionEvent } from '../../../src/session/lifecycle/events.js';
import { makeSite, type Site } from '../../aid/site.js';

/** A life in which each event but `setuid` and `login-failed` happens, in order. */
async function life(site: Site): Promise<void> {
  const browser = site.browser();
  await browser.logIn('alice');
  await browser.visit({}, (session) => session.set('a', 1));
  site.pass(HOUR);
  await browser.visit();
  await browser.visit({}, (session) => session.rotate());
  const late = await browser.begin();
  await browser.logOut();
  late.session.set('a', 2);
  await late.commit();
  browser.plant('forged');
  await browser.visit();
  await browser.logIn('bob');
  site.pass(13 * HOUR);
  await site.sessions.purge({ state: 'expired' });
}

const LIFE = [
  'created',
  'login',
  'restored',
  'saved',
  'restored',
  'refreshed',
  'restored',
  'rotated',
  'restored',
  'ended',
  'logout',
  'save-dropped',
  'refused',
  'created',
  'login',
  'purged',
];

function names(events: SessionEvent[]): string[] {
  return events.map(({ event }) => event);
}

describe('events (spec 5)', () => {
  it('take a listener for each of many open streams, and Node warns of no leak', () => {
    const { sessions } = makeSite();
    const warning = vi.spyOn(process, 'emitWarning').mockReturnValue();
    for (let streams = 0; streams < 100; streams++) sessions.on('ended', () => {});
    expect(warning).not.toHaveBeenCalled();
    warning.mockRestore();
  });

  it('each is emitted on the object, with the time, the session and its user', async () => {
    const site = makeSite({ auth: ['moin_login', 'moin_session'] });
    await life(site);
    expect(names(site.events)).toEqual(LIFE);
    for (const { event, at, id, user } of site.events) {
      expect(at).toBeInstanceOf(Date);
      if (!['refused', 'purged'].includes(event)) expect(id).toMatch(/^[0-9a-f]{32}$/);
      if (!['refused', 'purged'].includes(event)) expect(['alice', 'bob']).toContain(user);
    }
    expect(site.events.find(({ event }) => event === 'rotated')?.from).toMatch(/^[0-9a-f]{32}$/);
    expect(site.events.find(({ event }) => event === 'refused')?.reason).toBe('malformed-cookie');
  });

  it('each is published on diagnostics_channel as moin-sessions:EVENT, with the same message', async () => {
    const heard: SessionEvent[] = [];
    const listen = (message: unknown) => heard.push(message as SessionEvent);
    for (const name of EVENTS) subscribe(`moin-sessions:${name}`, listen);
    const site = makeSite({ auth: ['moin_login', 'moin_session'] });
    await life(site);
    for (const name of EVENTS) unsubscribe(`moin-sessions:${name}`, listen);
    expect(heard).toEqual(site.events);
    expect(heard.length).toBeGreaterThanOrEqual(11);
  });

  it('actions of an administrator emit events as well', async () => {
    const site = makeSite();
    await site.browser().logIn('alice');
    await site.sessions.endUser('u-alice');
    expect(site.events.at(-1)).toMatchObject({ event: 'ended', user: 'alice', reason: 'user' });
  });
});

describe('listening to a name that is no event (spec 5)', () => {
  it('is an error for the compiler, and a TypeError that names the nearest event', () => {
    const { sessions } = makeSite();
    const listen = () => {};
    // @ts-expect-error: the event is `refused`
    expect(() => sessions.on('refussed', listen)).toThrow("did you mean 'refused'?");
    // @ts-expect-error: the event is `login`
    expect(() => sessions.once('logIn', listen)).toThrow(TypeError);
    // @ts-expect-error: the event is `logout`
    expect(() => sessions.addListener('logOut', listen)).toThrow(TypeError);
    // @ts-expect-error: the event is `login-failed`
    expect(() => sessions.prependListener('loginFailed', listen)).toThrow(TypeError);
    // @ts-expect-error: no event has this name
    expect(() => sessions.prependOnceListener(Symbol('odd'), listen)).toThrow('Symbol(odd)');
  });

  it('the right ones are heard, first or last, once or always', async () => {
    const site = makeSite();
    const heard: string[] = [];
    site.sessions.addListener('login', () => heard.push('added'));
    site.sessions.once('login', () => heard.push('once'));
    site.sessions.prependListener('login', () => heard.push('first'));
    site.sessions.prependOnceListener('login', ({ user }) => heard.push(`first once ${user}`));
    await site.browser().logIn('alice');
    await site.browser().logIn('alice');
    expect(heard).toEqual(['first once alice', 'first', 'added', 'once', 'first', 'added']);
  });
});

describe('a listener that throws', () => {
  afterEach(() => vi.restoreAllMocks());

  it('does no harm: its error is thrown outside of the request, which goes on', async () => {
    const scheduled: (() => void)[] = [];
    vi.spyOn(process, 'nextTick').mockImplementation((task) => {
      scheduled.push(task as () => void);
    });
    const site = makeSite();
    const broken = new Error('broken listener');
    site.sessions.prependListener('created', () => {
      throw broken;
    });
    const browser = site.browser();
    const { user } = await browser.logIn('alice');
    vi.mocked(process.nextTick).mockRestore();
    expect(user).toBe('alice');
    expect(await site.records()).toHaveLength(1);
    expect(names(site.events)).toEqual(['created', 'login']);
    expect(scheduled.some((task) => throws(task, broken))).toBe(true);
  });

  it('events.once() resolves with the first event', async () => {
    const site = makeSite();
    const heard = once(site.sessions, 'created');
    await site.browser().logIn('alice');
    await site.browser().logIn('bob');
    expect((await heard)[0]).toMatchObject({ event: 'created', user: 'alice' });
  });
});

function throws(task: () => void, error: Error): boolean {
  try {
    task();
  } catch (thrown) {
    return thrown === error;
  }
  return false;
}
