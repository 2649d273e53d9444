import { runInNewContext } from 'node:vm';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { errorCode, StoreError } from '../../src/base/errors.js';
import { assertJson } from '../../src/base/json.js';
import { isUrl } from '../../src/base/realm.js';
import { storeFault } from '../../src/disk/fault.js';
import { createSessions, MemoryStore, openStore } from '../../src/index.js';

/** As Jest and Vitest's `vmThreads` run applications: in another realm than Node's own modules. */
function elsewhere<T>(code: string, context: object = {}): T {
  return runInNewContext(code, context);
}

describe('values of another realm', () => {
  const full = elsewhere<Error>("Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' })");

  it('an error has its code, and becomes a StoreError with the remedy', () => {
    expect(full instanceof Error).toBe(false);
    expect(errorCode(full)).toBe('ENOSPC');
    const fault = storeFault(full, 'cannot save');
    expect(fault).toBeInstanceOf(StoreError);
    expect(fault.message).toBe(
      'cannot save: the disk is full: make room, nothing stored was harmed (ENOSPC)',
    );
  });

  it('what is thrown and is no error has no code', () => {
    expect(errorCode({ code: 'ENOENT' })).toBeUndefined();
    expect(errorCode(null)).toBeUndefined();
  });

  it('bytes are a secret', () => {
    const secrets = elsewhere<Uint8Array>('new Uint8Array(32).fill(1)');
    expect(secrets instanceof Uint8Array).toBe(false);
    expect(() => createSessions({ store: new MemoryStore(), secrets })).not.toThrow();
  });

  it('a URL says where the store is', async () => {
    const where = new URL('memory:');
    Object.setPrototypeOf(where, Object.create(null, Object.getOwnPropertyDescriptors(URL.prototype)));
    expect(where instanceof URL).toBe(false);
    expect(isUrl(where)).toBe(true);
    expect((await openStore(where)).location).toBe('memory:');
    expect(() => createSessions({ store: where })).not.toThrow();
  });

  it('plain data is plain, and what hides something is not', () => {
    expect(() => assertJson('k', elsewhere('({ a: [1, { b: null }] })'))).not.toThrow();
    expect(() => assertJson('k', elsewhere('new Date(0)'))).toThrow('an instance of Date');
    expect(() => assertJson('k', elsewhere('new (class List extends Array {})()'))).toThrow(
      'an instance of List',
    );
  });
});

it('fake timers that replace Date.now later count', () => {
  onTestFinished(() => {
    vi.useRealTimers();
  });
  vi.useFakeTimers({ now: 12_345 });
  expect(systemClock()).toBe(12_345);
});
