import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import type { SortItem, SortKey } from '../../../src/cli/sort/sort-item.js';
import { Sorter } from '../../../src/cli/sort/sorter.js';
import { cli } from '../../aid/cli/fake-context.js';
import { need } from '../../aid/need.js';
import { sample, storeOf } from '../../aid/records.js';

vi.mock('node:fs', async (original) => {
  const actual = await original<typeof fs>();
  return { ...actual, writeSync: vi.fn(actual.writeSync) };
});

const byKey = (one: SortKey, other: SortKey) => {
  if (one.key === other.key) return one.id - other.id;
  if (one.key === null || other.key === null) return one.key === null ? 1 : -1;
  return one.key < other.key ? -1 : 1;
};
const backwards = (one: SortKey, other: SortKey) => byKey(other, one);

function sorted(items: SortItem[], { compare = byKey, limit = 1e9, batch = 1000 } = {}): string[] {
  const sorter = new Sorter(compare, limit, batch);
  for (const item of items) sorter.put(item);
  return [...sorter.sorted()];
}

const texts = fc.string({ unit: 'grapheme', maxLength: 100 });
const times = fc.option(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true })));
const names = fc.option(fc.oneof(fc.constantFrom('', 'a', 'ä'), fc.string({ unit: 'grapheme' })));
const many = (key: fc.Arbitrary<SortItem['key']>) =>
  fc
    .array(fc.record({ key, text: texts }), { maxLength: 400, size: 'max' })
    .map((items) => items.map((item, id) => ({ ...item, id: (id * 7919) % 2 ** 48 })));

describe('Sorter', () => {
  it.each([
    ['numbers', times],
    ['texts', names],
  ])(
    'sorts in many batches as Array.sort does: %s; also equal keys, unknown keys, reversed, with a limit',
    (_what, key) => {
      fc.assert(
        fc.property(many(key), fc.nat(500), fc.boolean(), (items, limit, reverse) => {
          const compare = reverse ? backwards : byKey;
          const expected = items.toSorted(compare).map(({ text }) => text);
          expect(sorted(items, { compare })).toEqual(expected);
          expect(sorted(items, { compare, limit })).toEqual(expected.slice(0, limit));
        }),
        { numRuns: 60 },
      );
    },
  );

  it('sorts texts larger than a batch and than one read of the file, together with small and empty ones', () => {
    const sizes = ['', 'a', 'x'.repeat(3_000_000), '', 'b', 'é'.repeat(120_000), 'c', 'd'.repeat(16_385)];
    const items = sizes.map((text, id) => ({ key: id % 2, id, text }));
    const order = [0, 2, 4, 6, 1, 3, 5, 7].map((id) => sizes[id]);
    for (const batch of [1, 50_000, 5_000_000]) {
      const given = sorted(items, { batch });
      expect(given.length).toBe(order.length);
      expect(given.every((text, place) => text === order[place])).toBe(true);
    }
  });
});

const LINE = { key: 1, id: 1, text: 'x'.repeat(500) };
const leftOver = () => fs.readdirSync(tmpdir()).filter((name) => /^moin-sessions-[0-9a-f]{8}-/.test(name));

describe('the temporary file', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('has no name as soon as it exists, and no other user may read it', (context) => {
    need(context, fs.existsSync('/proc/self/fd') ? null : 'no /proc here');
    const before = leftOver();
    const open = () =>
      openFiles().filter(({ name }) => /moin-sessions-[0-9a-f]{8}-.* \(deleted\)$/.test(name));
    const sorter = new Sorter(byKey, 1e9, 1000);
    for (let n = 0; n < 300; n++) sorter.put({ ...LINE, id: n });
    expect(open()).toEqual([{ name: expect.any(String), mode: 0o600 }]);
    expect(leftOver()).toEqual(before);
    for (const _ of sorter.sorted()) break;
    expect(open()).toEqual([]);
  });

  const big = Array.from({ length: 12 }, (_, n) =>
    sample(`${n + 10}00`, { data: { ['k'.repeat(500_000) + n]: 1 } }),
  );

  it('in a missing folder: one line that names TMPDIR, exit 1', async () => {
    vi.stubEnv('TMPDIR', '/nowhere/at/all');
    const { code, out, err } = await cli({ store: await storeOf(...big) }, 'list', '--format', 'ndjson');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(
      /^moin-sessions: cannot sort so many sessions in \/nowhere\/at\/all \(ENOENT\): [^\n]*TMPDIR[^\n]*\n$/,
    );
  });

  it('in a full folder: the same, and the file is closed', () => {
    vi.mocked(fs.writeSync).mockImplementationOnce(() => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
    });
    const sorter = new Sorter(byKey, 1e9, 1000);
    const fill = () => {
      for (let n = 0; n < 300; n++) sorter.put({ ...LINE, id: n });
    };
    expect(fill).toThrow(StoreError);
    sorter.close();
  });
});

/** What this process has open. */
function openFiles(): { name: string; mode: number }[] {
  const paths = fs.readdirSync('/proc/self/fd').map((fd) => `/proc/self/fd/${fd}`);
  // The folder that was just read is listed, too, and closed by now.
  return paths
    .filter((path) => fs.lstatSync(path, { throwIfNoEntry: false }))
    .map((path) => ({
      name: fs.readlinkSync(path),
      mode: (fs.statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o777,
    }));
}
