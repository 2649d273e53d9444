import * as crypto from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { UserRuleError } from '../../src/base/errors.js';
import {
  hashPassword,
  matches,
  needsRehash,
  newPassword,
  normalizePassword,
} from '../../src/users/password.js';
import { parseHash } from '../../src/users/phc.js';

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>();
  return { ...real, scrypt: vi.fn(real.scrypt) };
});
const scrypt = vi.mocked(crypto.scrypt);

const CHEAP = { cost: 16, blockSize: 2, parallelization: 1 };
const WORK = { costs: [CHEAP], kinds: [] };

beforeEach(() => {
  scrypt.mockClear();
});

describe('what a password may be', () => {
  it('takes two spellings of a letter, and all kinds of space, for the same (RFC 8265)', () => {
    expect(newPassword('cafe\u0301\u00a0au lait')).toBe('caf\u00e9 au lait');
  });

  it('keeps white space at both ends', () => {
    expect(newPassword(' x ')).toBe(' x ');
  });

  it.each([
    ['empty', ''],
    ['more than 1024 bytes', 'é'.repeat(513)],
    ['much too long', 'x'.repeat(1_000_000)],
    ['a line break', 'secret\n'],
    ['half a surrogate pair', '\ud83d'],
  ])('refuses %s, says what to do, and lets nobody in with it', (_, typed) => {
    expect(() => newPassword(typed)).toThrow(UserRuleError);
    expect(() => newPassword(typed)).toThrow(/^the password .+: .+$/);
    expect(normalizePassword(typed)).toBeNull();
  });

  it('takes 1024 bytes', () => {
    expect(newPassword('é'.repeat(512))).toHaveLength(512);
  });
});

describe('hashes', () => {
  it('is a PHC string with its parameters', async () => {
    const hash = await hashPassword('secret', CHEAP, 'alice');
    expect(hash).toMatch(/^\$scrypt\$ln=4,r=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(parseHash(hash)?.parameters).toEqual(CHEAP);
  });

  it('has a salt of its own', async () => {
    expect(await hashPassword('secret', CHEAP, 'alice')).not.toBe(
      await hashPassword('secret', CHEAP, 'alice'),
    );
  });

  it('property: matches the password and no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (one, other) => {
        const hash = parseHash(await hashPassword(one, CHEAP, 'alice'));
        expect(await matches(hash, { password: one, name: 'alice' }, WORK)).toBe(true);
        expect(await matches(hash, { password: other, name: 'alice' }, WORK)).toBe(one === other);
      }),
      { numRuns: 50 },
    );
  });

  it('does the same work for a right and a wrong password, and for nobody', async () => {
    const hash = parseHash(await hashPassword('secret', CHEAP, 'alice'));
    scrypt.mockClear();
    expect(await matches(hash, { password: 'secret', name: 'alice' }, WORK)).toBe(true);
    expect(await matches(hash, { password: 'wrong', name: 'alice' }, WORK)).toBe(false);
    expect(await matches(null, { password: 'secret', name: 'alice' }, WORK)).toBe(false);
    const costs = scrypt.mock.calls.map(([, salt, length, options]) => [
      (salt as Buffer).length,
      length,
      options,
    ]);
    expect(costs).toHaveLength(3);
    expect(costs[1]).toEqual(costs[0]);
    expect(costs[2]).toEqual(costs[0]);
  });

  const SALT = 'A'.repeat(22);
  const KEY = 'A'.repeat(43);
  it.each([
    '',
    'secret',
    '$2b$12$abcdefghijklmnopqrstuv',
    `$scrypt$ln=40,r=8,p=1$${SALT}$${KEY}`,
    `$scrypt$ln=17,r=8000000,p=1$${SALT}$${KEY}`,
    `$scrypt$ln=17,r=8,p=4000000$${SALT}$${KEY}`,
    `$scrypt$ln=0,r=8,p=1$${SALT}$${KEY}`,
    `$scrypt$ln=17,r=0,p=1$${SALT}$${KEY}`,
    `$scrypt$ln=17,r=8,p=0$${SALT}$${KEY}`,
    `$scrypt$ln=16,r=1,p=1$${SALT}$${KEY}`,
    `$scrypt$ln=17,r=8,p=1$${SALT}$`,
    `$scrypt$ln=17,r=8,p=1$${SALT}$AA`,
    `$scrypt$ln=17,r=8,p=1$${SALT}$${KEY}\n`,
  ])('refuses the hash %j without working on it', (text) => {
    expect(parseHash(text)).toBeNull();
    expect(scrypt).not.toHaveBeenCalled();
  });

  it.each([
    [{ ...CHEAP, cost: 32 }, true],
    [{ ...CHEAP, blockSize: 3 }, true],
    [{ ...CHEAP, parallelization: 2 }, true],
    [CHEAP, false],
    [{ ...CHEAP, cost: 8 }, false],
  ])('with %j asked for, a hash of (16, 2, 1) is to be renewed: %s', async (asked, renew) => {
    const hash = parseHash(await hashPassword('secret', CHEAP, 'alice'));
    expect(hash && needsRehash(hash, asked)).toBe(renew);
  });
});
