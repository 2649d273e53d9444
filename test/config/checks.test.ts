import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/base/errors.js';
import * as checks from '../../src/config/checks.js';
import { createSessions } from '../../src/sessions.js';
import { MemoryStore } from '../../src/store/memory.js';
import { TestUsers } from '../aid/users.js';

type Check = (value: unknown, name: string) => void;

const users = new TestUsers();
/** The methods of a user directory except one. */
function without(missing: string) {
  const methods = ['findByName', 'findById', 'verifyPassword'].filter((name) => name !== missing);
  return Object.fromEntries(methods.map((name) => [name, () => null]));
}

const accepted: [string, Check, unknown[]][] = [
  ['assertStore', checks.assertStore, ['dir', 'file:dir', new URL('file:///dir'), new MemoryStore()]],
  ['assertUsers', checks.assertUsers, ['users.json', new URL('file:///users.json'), users, without('')]],
  [
    'assertSecrets',
    checks.assertSecrets,
    ['text', Buffer.alloc(32), new Uint8Array(1), ['a', Buffer.alloc(1)], []],
  ],
  ['oneOf', checks.oneOf('evict', 'deny'), ['evict', 'deny']],
  ['assertMaxSessions', checks.assertMaxSessions, [1, 20, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY]],
  ['assertSuperuser', checks.assertSuperuser, [[], ['alice'], ['alice', 'bob']]],
  ['assertTrailSize', checks.assertTrailSize, [0, 1, 100]],
  [
    'assertTrustedOrigins',
    checks.assertTrustedOrigins,
    [[], ['http://localhost:8080'], ['https://a.example', 'https://b.example:8443', 'http://[::1]']],
  ],
];

const refused: [string, Check, unknown[]][] = [
  ['assertStore', checks.assertStore, [null, undefined, 5, {}, [], { find() {} }]],
  [
    'assertUsers',
    checks.assertUsers,
    [null, undefined, 5, [], ...['findByName', 'findById', 'verifyPassword'].map(without)],
  ],
  ['assertSecrets', checks.assertSecrets, [null, undefined, 5, {}, new Uint16Array(32), ['a', 5], [['a']]]],
  ['oneOf', checks.oneOf('evict', 'deny'), ['', 'Evict', 'refuse', null, ['evict']]],
  [
    'assertMaxSessions',
    checks.assertMaxSessions,
    [0, -1, 0.5, 1.5, Number.NaN, Number.NEGATIVE_INFINITY, 2 ** 53, '3', null],
  ],
  ['assertSuperuser', checks.assertSuperuser, ['alice', null, [1], ['alice', null], { 0: 'alice' }]],
  ['assertTrailSize', checks.assertTrailSize, [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '100', null]],
  [
    'assertTrustedOrigins',
    checks.assertTrustedOrigins,
    [
      null,
      'https://a.example',
      [5],
      ['ftp://a.example'],
      ['https://a.example', 'https://b.example/'],
      ['https://'],
    ],
  ],
];

describe('the checks of options', () => {
  it.each(accepted)('spec 5: %s accepts each of its values', (_name, check, values) => {
    for (const value of values) expect(() => check(value, 'x'), String(value)).not.toThrow();
  });

  it.each(refused)('spec 5: %s refuses all else, and names the option', (_name, check, values) => {
    for (const value of values) {
      expect(() => check(value, 'the-option'), String(value)).toThrow(ConfigurationError);
      expect(() => check(value, 'the-option'), String(value)).toThrow('option the-option must ');
    }
  });

  it('spec 6: the error of a store object that is not whole names what it lacks', () => {
    const { find, create, update, delete: remove, scan } = MemoryStore.prototype;
    const methods = { find, create, update, delete: remove, scan };
    expect(() => checks.assertStore(methods)).toThrow(
      /^option store must be a whole store, and this object lacks tombstone, expiryCandidates, findByUser, sweep, close, location: write/,
    );
  });

  it.each(['find', 'create', 'update', 'delete', 'tombstone', 'close'])(
    'spec 6: a store object without %s is told so',
    (name) => {
      const store = Object.assign(new MemoryStore(), { [name]: undefined });
      expect(() => createSessions({ store })).toThrow(`this object lacks ${name}: write`);
    },
  );

  it('spec 6: an object without any method of a store is told which there are', () => {
    expect(() => checks.assertStore({})).toThrow('lacks find, create, update, delete, tombstone, scan,');
    for (const store of [null, 7, undefined, () => {}])
      expect(() => checks.assertStore(store)).toThrow("must be 'file:DIR', a path");
  });

  it('spec 5: the error of one wrong origin among several names that one and the remedy', () => {
    const origins = ['https://a.example', 'HTTPS://B.example:443/x', 'https://c.example/'];
    expect(() => checks.assertTrustedOrigins(origins, 'x')).toThrow(
      '"HTTPS://B.example:443/x" is none: write "https://b.example"',
    );
    expect(() => checks.assertTrustedOrigins(['b.example'], 'x')).toThrow(/"b\.example" is none$/);
  });

  it('spec 5: the error of an unknown option lists the known ones, and proposes the one that was meant', () => {
    expect(() => checks.assertKnown({ store: 1, usres: 2 }, ['store', 'users'])).toThrow(
      /there is no option "usres".*users.*the options are store, users$/,
    );
    expect(() => checks.assertKnown({ store: 1, users: 2 }, ['store', 'users'])).not.toThrow();
    expect(() => checks.assertKnown({}, ['store'])).not.toThrow();
  });
});
