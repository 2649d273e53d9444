import { Passport } from 'passport';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/session/session.js';
import { makeSite, visitorWith } from '../../aid/site.js';

async function aSession(): Promise<Session> {
  return (await (await visitorWith(makeSite(), 'a', '1')).begin()).session;
}

/** As a script without 'use strict' does it. */
const setSloppily = new Function('object', 'name', 'value', 'object[name] = value') as (
  object: object,
  name: string,
  value: unknown,
) => void;

describe('spec 5: a property that is set on a session', () => {
  it.each([
    'views',
    'id',
    'size',
    'available',
    'values',
    'keys',
    'save',
    'cookie',
    'constructor',
    '__proto__',
  ])('spec 5: %s throws a TypeError that names session.set, in sloppy code too', async (name) => {
    const session = await aSession();
    const message = `session.set(${JSON.stringify(name)}, value)`;
    expect(() => setSloppily(session, name, 1)).toThrow(TypeError);
    expect(() => setSloppily(session, name, 1)).toThrow(message);
    expect(() => Object.assign(session, { [name]: 1 })).toThrow(TypeError);
    expect([...session.keys()]).toEqual(['a']);
  });

  it('spec 5: everything else stays the same: methods, properties, printing, instanceof', async () => {
    const session = await aSession();
    expect(session.get('a')).toBe('1');
    expect(session instanceof Object).toBe(true);
    expect(String(session)).toBe('[object Object]');
    expect('views' in session).toBe(false);
    expect((session as { views?: unknown }).views).toBeUndefined();
    expect(await Promise.resolve(session)).toBe(session);
  });
});

describe('spec 5: habits of express-session', () => {
  it.each(['save', 'reload', 'destroy', 'rotate'] as const)(
    'spec 5: %s given a callback throws at once, and says that it returns a promise',
    async (method) => {
      const session = (await aSession()) as unknown as Record<string, (callback: unknown) => void>;
      expect(() => session[method]?.(() => {})).toThrow(TypeError);
      expect(() => session[method]?.(() => {})).toThrow(`await session.${method}()`);
    },
  );

  it.each(['regenerate', 'touch', 'cookie'])('spec 5: %s says what to use instead', async (name) => {
    const session = (await aSession()) as unknown as Record<string, unknown>;
    expect(() => session[name]).toThrow(`session.${name} is express-session's: `);
  });

  it('spec 5: the logout of Passport ends in an error, and does not hang', async () => {
    const passport = new Passport();
    const request = { session: await aSession(), _sessionManager: sessionManagerOf(passport) };
    const logOut = () => request._sessionManager.logOut(request, () => {});
    expect(logOut).toThrow('session.save() takes no callback');
    const logIn = () => request._sessionManager.logIn(request, {}, () => {});
    expect(logIn).toThrow('log in by passport(strategy)');
  });
});

interface SessionManager {
  logIn(request: object, user: object, callback: () => void): void;
  logOut(request: object, callback: () => void): void;
}

function sessionManagerOf(passport: object): SessionManager {
  return (passport as { _sm: SessionManager })._sm;
}
