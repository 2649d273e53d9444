import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { Recent } from '../../src/base/recent.js';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** The bytes that are in use. */
function heap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

it('gives what was set last under a key', () => {
  const recent = new Recent<number>(10);
  recent.set('a', 1);
  recent.set('a', 2);
  expect(recent.get('a')).toBe(2);
  expect(recent.get('b')).toBeUndefined();
});

it('a flood drives out what is not used, keeps what is, and the whole stays bounded', () => {
  const recent = new Recent<number>(100);
  recent.set('idle', 1);
  recent.set('busy', 1);
  for (let n = 0; n < 300; n++) {
    recent.set(`flood ${n}`, n);
    if (n % 50 === 0) expect(recent.get('busy')).toBe(1);
  }
  expect(recent.get('busy')).toBe(1);
  expect(recent.get('idle')).toBeUndefined();
  const kept = Array.from({ length: 300 }, (_, n) => recent.get(`flood ${n}`));
  expect(kept.filter((value) => value !== undefined).length).toBeLessThanOrEqual(200);
});

it('has nothing of what was deleted, neither the value nor an older one', () => {
  const recent = new Recent<number>(2);
  for (const [n, key] of ['a', 'b', 'a', 'c'].entries()) recent.set(key, n);
  for (const key of ['a', 'b', 'c']) {
    expect(recent.get(key)).toBeDefined();
    recent.delete(key);
    expect(recent.get(key)).toBeUndefined();
  }
});

it('keeps no text of which a key is a part, such as a whole header', () => {
  const recent = new Recent<number>(100);
  const names = Array.from({ length: 40 }, (_, n) => `name ${n} of a session`);
  for (const [n, name] of names.entries()) recent.set(name, n);
  for (let n = 0; n < 70; n++) recent.set(`other ${n}`, n);
  const before = heap();
  for (const [n, name] of names.entries()) {
    const header = Buffer.alloc(1_000_000, name).toString();
    expect(recent.get(header.slice(0, name.length))).toBe(n);
  }
  expect(heap() - before).toBeLessThan(20_000_000);
});
