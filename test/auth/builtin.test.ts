import { Strategy } from 'passport-local';
import { describe, expect, it } from 'vitest';
import { createSessions, passport } from '../../src/index.js';
import { SECRET } from '../aid/site.js';
import { WatchedStore } from '../aid/watched-store.js';

const site = (auth: unknown[]) =>
  createSessions({ store: new WatchedStore(), secrets: SECRET, auth: auth as never });
const strategy = () => passport(new Strategy((_name, _password, done) => done(null, false)));

const named = (name: string) => ({ name, authenticate: () => ({ user: null, continue: true }) });

describe('methods in configuration files', () => {
  it('a name with options makes the method with them', async () => {
    const sessions = site([
      { method: 'remote_user', trusted: ['127.0.0.1'], from: 'x-user' },
      'moin_session',
    ]);
    const visit = await sessions.begin({ remoteAddress: '127.0.0.1', headers: { 'x-user': 'alice' } });
    expect(visit.user?.name).toBe('alice');
  });

  it.each([
    [
      'an unknown option',
      [{ method: 'remote_user', proxies: [] }],
      'remote_user has no option "proxies": there are trusted, from',
    ],
    [
      'an option of a method that has none',
      [{ method: 'moin_login', x: 1 }],
      'moin_login has no option "x": it has none',
    ],
    ['an unknown method', [{ method: 'magic' }], '\'auth\' names "magic", but there are moin_login'],
    ['passport by name', ['passport'], 'passport needs a strategy'],
    ['passport without a strategy', [{ method: 'passport' }], 'passport needs a strategy'],
    ['a number', [7], "each entry of 'auth' is a name or a method"],
    ['a method twice', ['moin_session', { method: 'moin_session' }], 'moin_session stands twice'],
    ['two strategies of one name', [strategy(), strategy()], "give one of them another 'name'"],
    ['the name of a route login', [named('route')], 'sessions from outside of the chain have this name'],
    ['the name of a change of user', [named('setuid')], '\'auth\' has a method with the name "setuid", but'],
    ['the name of the other library', [named('express-session')], "give it another 'name'"],
    ['a name with a label', [named('ldap:staff')], "a colon begins a label in a user's 'method'"],
    ['a strategy with a label', [passport(new Strategy(() => {}), { name: 'p:q' })], 'a colon begins'],
    ['no name', [named('')], 'but it must not be empty'],
    ['an impossible attribute', [{ method: 'ssl_client_cert', attribute: '' }], 'subject attribute'],
  ])('%s is a configuration error with its remedy', (_what, auth, message) => {
    expect(() => site(auth)).toThrow(message);
  });
});
