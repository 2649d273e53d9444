import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { IdList } from '../../../src/cli/sort/id-list.js';

describe('IdList', () => {
  it.each([0, 1, 1024, 1025, 10_000])('gives back %d ids as they were added', (count) => {
    const ids = Array.from({ length: count }, (_, n) => createHash('md5').update(`${n}`).digest('hex'));
    const list = new IdList();
    for (const id of ids) list.add(id);
    expect([...list]).toEqual(ids);
  });
});
