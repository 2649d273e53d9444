import * as crypto from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigurationError, StoreError } from '../../src/base/errors.js';
import { deriveKey, isUsable, scryptParameters, withHashingSlot } from '../../src/users/scrypt.js';

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>();
  return { ...real, scrypt: vi.fn(real.scrypt) };
});
const scrypt = vi.mocked(crypto.scrypt);
const real = scrypt.getMockImplementation();

const CHEAP = { cost: 2, blockSize: 1, parallelization: 1 };
const derive = (name = 'alice') =>
  withHashingSlot(name, () => deriveKey('secret', Buffer.alloc(16), 32, CHEAP));

afterEach(() => {
  scrypt.mockReset();
  if (real !== undefined) scrypt.mockImplementation(real);
});

describe('scrypt parameters', () => {
  it('defaults to what OWASP recommends', () => {
    expect(scryptParameters()).toEqual({ cost: 131072, blockSize: 8, parallelization: 1 });
  });

  it.each([
    { cost: 3 },
    { cost: 1 },
    { cost: 2.5 },
    { cost: Number.NaN },
    { cost: 2 ** 24 },
    { blockSize: 0 },
    { parallelization: 1.5 },
    { parallelization: 9 },
  ])('refuses %j, and says what would do', (chosen) => {
    expect(() => scryptParameters(chosen)).toThrow(ConfigurationError);
    expect(() => scryptParameters(chosen)).toThrow(/power of two/);
  });

  it('gives the key of the test vector in RFC 7914, section 12', async () => {
    const parameters = { cost: 1024, blockSize: 8, parallelization: 16 };
    const key = await deriveKey('password', Buffer.from('NaCl'), 64, parameters);
    expect(key.toString('hex')).toBe(
      'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640',
    );
  });

  it('node takes all that passes, memory limit included', async () => {
    const sizes = [1, 2, 8, 33];
    for (const blockSize of sizes)
      for (const parallelization of sizes)
        for (const cost of [2, 16, 1024]) {
          const parameters = { cost, blockSize, parallelization };
          expect(isUsable(parameters)).toBe(true);
          await expect(deriveKey('x', Buffer.alloc(8), 32, parameters)).resolves.toHaveLength(32);
        }
  });
});

describe('a flood of logins', () => {
  it('works on two at once, lets 50 wait, refuses more at once, and recovers', async () => {
    const running: ((error: Error | null, key: Buffer) => void)[] = [];
    scrypt.mockImplementation(((...args: unknown[]) => running.push(args[4] as never)) as never);
    const accepted = Array.from({ length: 52 }, () => derive());
    await expect(derive()).rejects.toThrow(StoreError);
    await expect(derive()).rejects.toThrow(/try again/);
    expect(running).toHaveLength(2);

    for (let done = 0; done < 52; done++) {
      expect(running.length - done).toBeLessThanOrEqual(2);
      running[done]?.(null, Buffer.from([done]));
      expect(await accepted[done]).toEqual(Buffer.from([done]));
    }
    scrypt.mockImplementation(real as never);
    await expect(derive()).resolves.toHaveLength(32);
  });

  it('a failure frees its place', async () => {
    scrypt.mockImplementation(((...args: unknown[]) =>
      (args[4] as (error: Error) => void)(new Error('no memory'))) as never);
    for (let n = 0; n < 5; n++) await expect(derive()).rejects.toThrow('no memory');
    scrypt.mockImplementation(real as never);
    await expect(derive()).resolves.toHaveLength(32);
  });
});
