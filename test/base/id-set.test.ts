import { describe, expect, it } from 'vitest';
import { IdSet } from '../../src/base/id-set.js';
import { idOf } from '../../src/testing/store/records.js';

describe('IdSet', () => {
  it.each([0, 1, 682, 683, 684, 5000])(
    'tells %d ids from others, and those marked from the rest',
    (count) => {
      const ids = Array.from({ length: count }, (_, n) => idOf(n));
      const set = new IdSet();
      for (const id of ids) expect(set.add(id)).toBe(true);
      for (const id of ids) expect(set.add(id)).toBe(false);
      const even = ids.filter((_, n) => n % 2 === 0);
      const odd = ids.filter((_, n) => n % 2 === 1);
      for (const id of [...even, ...even]) expect(set.mark(id)).toBe(true);
      for (let n = 0; n < count; n++) expect(set.mark(idOf(`other ${n}`))).toBe(false);
      expect([set.size, set.marked]).toEqual([count, even.length]);
      expect([...set.unmarked()].sort()).toEqual(odd.sort());
    },
  );

  it('keeps ids apart that begin alike, and marks while it grows', () => {
    const ids = Array.from({ length: 2000 }, (_, n) => n.toString(16).padStart(32, '0'));
    const set = new IdSet();
    for (const [n, id] of ids.entries()) {
      set.add(id);
      if (n % 10 === 0) set.mark(id);
    }
    expect([set.size, set.marked]).toEqual([2000, 200]);
    expect([...set.unmarked()].sort()).toEqual(ids.filter((_, n) => n % 10 !== 0));
  });
});
