import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Spool } from '../../src/cli/spool.js';

describe('Spool', () => {
  it('gives back what was put, in any order, however little or much it is', () => {
    for (const count of [0, 1, 50, 20_000]) {
      const spool = new Spool();
      const text = (n: number) => `session ${n} ${'ü🙂'.repeat(n % 50)}`;
      for (let n = 0; n < count; n++) spool.put(text(n));
      for (let n = count - 1; n >= 0; n -= 7) expect(spool.get(n)).toBe(text(n));
      spool.close();
    }
  });

  it('takes texts that are larger than its buffer, beside small and empty ones', () => {
    const spool = new Spool();
    const texts = ['', 'a', 'x'.repeat(3_000_000), '', 'b', 'é'.repeat(1_200_000), 'c'];
    for (const text of texts) spool.put(text);
    for (const n of [6, 2, 0, 5, 1, 3, 4]) expect(spool.get(n) === texts[n]).toBe(true);
    spool.close();
  });

  it('leaves no file behind that has a name', () => {
    const before = readdirSync(tmpdir()).filter((name) => /^moin-sessions-[0-9a-f]{8}-/.test(name));
    const spool = new Spool();
    for (let n = 0; n < 10; n++) spool.put('x'.repeat(500_000));
    expect(readdirSync(tmpdir()).filter((name) => /^moin-sessions-[0-9a-f]{8}-/.test(name))).toEqual(before);
    spool.close();
  });
});
