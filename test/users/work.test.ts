import * as crypto from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { StoreError } from '../../src/base/errors.js';
import { FileUserDirectory } from '../../src/users/file.js';
import { readMoinPassword } from '../../src/users/legacy/moin-password.js';
import { hashPassword, wrapHash } from '../../src/users/password.js';
import type { ScryptParameters } from '../../src/users/scrypt.js';
import { temporaryFolder } from '../aid/folder.js';

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>();
  return { ...real, scrypt: vi.fn(real.scrypt), createHash: vi.fn(real.createHash) };
});
const scrypt = vi.mocked(crypto.scrypt);
const digests = vi.mocked(crypto.createHash);

const CHEAPER = { cost: 2, blockSize: 1, parallelization: 1 };
const CONFIGURED = { cost: 4, blockSize: 1, parallelization: 1 };
const DEARER = { cost: 4, blockSize: 2, parallelization: 1 };

/** A file of users whose hashes are as old as their names say, and how to ask for the work of one attempt. */
async function directoryOf(costs: Record<string, ScryptParameters | null>) {
  const path = join(temporaryFolder(), 'users.json');
  const users = Object.entries(costs).map(async ([name, cost], created) => {
    const password = cost === null ? '$2b$12$from-elsewhere' : await hashPassword(name, cost, name);
    return { id: `id-${name}`, name, password, disabled: false, created };
  });
  writeFileSync(path, JSON.stringify({ version: 1, users: await Promise.all(users) }));
  const directory = new FileUserDirectory(path, { scrypt: CONFIGURED, readOnly: true });
  const workOf = async (name: string, password: string) => {
    scrypt.mockClear();
    const user = await directory.findByName(name);
    await directory.verifyPassword(user, password, name).catch(() => {});
    return scrypt.mock.calls.map(([, , , options]) => JSON.stringify(options));
  };
  return { directory, workOf, path };
}

beforeEach(() => void scrypt.mockClear());

describe('who has an account cannot be told from the work of a login', () => {
  it.each([
    ['cheaper hashes, from before the cost was raised', { old: CHEAPER, fresh: CONFIGURED }],
    ['dearer hashes, from before it was lowered', { old: DEARER, fresh: CONFIGURED }],
    ['hashes of several costs', { old: CHEAPER, older: DEARER, fresh: CONFIGURED }],
    ['none but cheaper hashes', { old: CHEAPER }],
    ['a hash from elsewhere', { old: CHEAPER, odd: null }],
  ])('%s: a right and a wrong password, and nobody, cost the very same derivations', async (_, costs) => {
    const { workOf } = await directoryOf(costs);
    const ofNobody = await workOf('nobody', 'whatever');
    for (const name of Object.keys(costs)) {
      expect(await workOf(name, 'wrong')).toEqual(ofNobody);
      expect(await workOf(name, name)).toEqual(ofNobody);
    }
  });

  it('costs one derivation where all hashes cost what is configured', async () => {
    const { workOf } = await directoryOf({ alice: CONFIGURED, bob: CONFIGURED });
    for (const name of ['alice', 'bob', 'nobody']) expect(await workOf(name, 'x')).toHaveLength(1);
  });

  it('each user gets in with their own password alone, whatever their hash costs', async () => {
    const costs = { old: CHEAPER, older: DEARER, fresh: CONFIGURED };
    const { directory } = await directoryOf(costs);
    for (const name of Object.keys(costs))
      for (const password of Object.keys(costs)) {
        const user = await directory.findByName(name);
        expect(await directory.verifyPassword(user, password)).toBe(name === password);
      }
  });

  it('a hash that cannot be checked is still an error that names it', async () => {
    const { directory } = await directoryOf({ odd: null });
    const check = directory.verifyPassword(await directory.findByName('odd'), 'x');
    await expect(check).rejects.toThrow(StoreError);
  });
});

describe('spec 8: nor from that of users who came from a wiki', () => {
  const SHA = '{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=';
  const MD5 = '{MD5}$1$hgfedcba$xYMrC7hy3n0cvZAlzwuqx1';

  /** As `directoryOf`, with a user for each hash of a wiki besides `fresh`. */
  async function directoryWith(hashes: Record<string, string>) {
    const { path, workOf } = await directoryOf({ fresh: CONFIGURED });
    const file = JSON.parse(readFileSync(path, 'utf8'));
    for (const [name, text] of Object.entries(hashes)) {
      const { hash } = readMoinPassword(text);
      const password = hash === null ? '!' : await wrapHash(hash, CONFIGURED, name);
      file.users.push({ id: `id-${name}`, name, password, disabled: false, created: 1 });
    }
    writeFileSync(path, JSON.stringify(file));
    return workOf;
  }

  it.each([
    ['fast hashes', { old: SHA, older: MD5 }],
    ['users without a password', { locked: '', old: SHA }],
    ['sha512-crypt', { crypt: `{PASSLIB}$6$rounds=1000$salt$${'a'.repeat(86)}` }],
  ])('%s: each password costs everybody, and nobody, the very same derivations', async (_, hashes) => {
    const workOf = await directoryWith(hashes);
    for (const typed of ['plain', 'pw', 'old-pw', 'caf\u00e9', 'cafe\u0301', '\u65e5\u672c']) {
      const ofNobody = await workOf('nobody', typed);
      expect(ofNobody.length).toBeGreaterThan(0);
      for (const name of ['fresh', ...Object.keys(hashes)])
        expect(await workOf(name, typed)).toEqual(ofNobody);
    }
  });

  it('the digests of all fast kinds are made for everybody', async () => {
    const workOf = await directoryWith({ old: SHA, older: MD5 });
    const digestsFor = async (name: string) => {
      digests.mockClear();
      await workOf(name, 'x');
      return digests.mock.calls.length;
    };
    const ofNobody = await digestsFor('nobody');
    // 1000 rounds of MD5 and those before, and one SHA-1.
    expect(ofNobody).toBe(1003);
    for (const name of ['fresh', 'old', 'older'])
      expect([name, await digestsFor(name)]).toEqual([name, ofNobody]);
  });

  it('the rounds of sha512-crypt run for a user with such a hash alone, until the first login', async () => {
    const workOf = await directoryWith({ crypt: `{PASSLIB}$6$rounds=1000$salt$${'a'.repeat(86)}`, old: SHA });
    const hasRounds = async (name: string) => {
      digests.mockClear();
      await workOf(name, 'x');
      return digests.mock.calls.some(([algorithm]) => algorithm === 'sha512');
    };
    expect(await hasRounds('crypt')).toBe(true);
    for (const name of ['fresh', 'old', 'nobody'])
      expect([name, await hasRounds(name)]).toEqual([name, false]);
  });

  it('a file without such users costs one derivation for whatever is typed', async () => {
    const workOf = await directoryWith({});
    for (const typed of ['plain', 'caf\u00e9', 'cafe\u0301'])
      expect(await workOf('fresh', typed)).toHaveLength(1);
  });
});
