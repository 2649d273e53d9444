import { linkSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreadableRecordError } from '../../../src/base/errors.js';
import { LARGEST } from '../../../src/disk/plain-file.js';
import type { SessionRecord } from '../../../src/store/contract.js';
import { lastRecord } from '../../../src/store/file/record-lines.js';
import { temporaryStore } from '../../aid/file-store.js';
import { putFile, temporaryFolder } from '../../aid/folder.js';
import { all, aRecord, idOf, increment } from '../../aid/records.js';

const ID = idOf('a');
const json = JSON.stringify;
const revision = (n: number, data: SessionRecord['data'] = { n }) => aRecord('a', { revision: n, data });
const line = (n: number) => `${json(revision(n))}\n`;

/** A store with this text in the record's file. */
function storeWith(text: string) {
  const { store, layout } = temporaryStore();
  const path = layout.record(ID);
  putFile(path, text);
  const lines = () => readFileSync(path, 'utf8').split('\n').length - 1;
  return { store, path, lines, text: () => readFileSync(path, 'utf8'), inode: () => statSync(path).ino };
}

describe('a record is lines of JSON of which the last whole one counts (spec 6)', () => {
  it('a save adds a line to the file, which keeps its inode and gets the time of `expires`', async () => {
    const { store, path, text, inode } = storeWith(line(1));
    const before = inode();
    await store.update(ID, (now) => ({ ...now, data: { n: 2 }, expires: 7_000_123 }));
    expect(text()).toBe(`${line(1)}${json({ ...revision(2), expires: 7_000_123 })}\n`);
    expect(inode()).toBe(before);
    expect(Math.round(statSync(path).mtimeMs)).toBe(7_000_123);
    expect(await store.find(ID)).toEqual({ ...revision(2), expires: 7_000_123 });
  });

  it('the size of an entry is that of the record, not of its file', async () => {
    const { store } = storeWith(line(1) + line(2));
    const [entry] = await all(store.scan());
    expect(entry).toEqual({ id: ID, bytes: line(2).length - 1, record: revision(2) });
    expect((await store.delete(ID)).bytes).toBe(line(2).length - 1);
  });

  it.each([
    ['small', 100, 8192],
    ['of 6 kB', 6000, 4 * 6500],
    ['of 60 kB', 60_000, 4 * 60_500],
  ])(
    'a file of %s records does not grow for ever: its last line replaces it when it is full',
    async (_, length, most) => {
      const { store, path, lines } = storeWith(line(1));
      await store.update(ID, (now) => ({ ...now, data: { n: 1, text: 'x'.repeat(length) } }));
      const sizes: number[] = [];
      const counts: number[] = [];
      for (let n = 0; n < 100; n++) {
        await store.update(ID, increment);
        sizes.push(statSync(path).size);
        counts.push(lines());
      }
      expect(Math.max(...sizes)).toBeLessThanOrEqual(most);
      expect(Math.min(...counts)).toBe(1);
      expect(Math.max(...counts)).toBeGreaterThan(2);
      expect(await store.find(ID)).toMatchObject({ revision: 102 });
    },
  );

  it('I1, I3: a session of megabytes of which a counter changes stays readable, and its file one line', async () => {
    const { store, path, lines } = storeWith(line(1));
    const text = 'x'.repeat(5_000_000);
    await store.update(ID, (now) => ({ ...now, data: { n: 1, text } }));
    for (let n = 2; n < 7; n++) {
      expect(await store.update(ID, increment)).toMatchObject({ data: { n } });
      expect(lines()).toBe(1);
    }
    expect(statSync(path).size).toBeLessThan(5_001_000);
    expect(await store.find(ID)).toMatchObject({ revision: 7, data: { n: 6, text } });
  });

  it('I1: a session is refused when its line would be one byte too long to read, and what was there stays', async () => {
    const { store, path } = storeWith(line(1));
    const grown = (length: number) => ({ ...revision(1), data: { n: 1, text: 'x'.repeat(length) } });
    const most = LARGEST - `${json({ ...grown(0), revision: 2 })}\n`.length;
    await expect(store.update(ID, () => grown(most + 1))).rejects.toThrow(/larger than 16 MB/);
    expect(await store.find(ID)).toEqual(revision(1));
    await store.update(ID, () => grown(most));
    expect(statSync(path).size).toBe(LARGEST);
    expect(await store.find(ID)).toMatchObject({ revision: 2 });
  });

  it.each<[string, string]>([
    ['of one line without a line feed, as before', json(revision(1))],
    ['pretty-printed by hand', json(revision(1), null, 2)],
    ['pretty-printed by an editor that ends files with a line feed', `${json(revision(1), null, 2)}\n`],
    ['with the line ends of Windows', json(revision(1), null, 2).replaceAll('\n', '\r\n')],
    ['which an editor began with a byte order mark', `\ufeff${line(1)}`],
    ['pretty-printed after a byte order mark', `\ufeff${json(revision(1), null, 2)}\r\n`],
    ['after whose byte order mark a line is torn', `\ufeff${line(1)}{"id":`],
    ['of which an editor dropped the last line feed', line(5) + line(1).trim()],
    ['with a torn line after it', `${line(1)}{"version":1,"id":"${ID}"`],
    ['with a torn line after JSON on several lines', `${json(revision(1), null, 2)}\n{"version`],
    ['with zeros after it, as a power cut may leave', `${line(1)}\0\0\0\0`],
  ])('a file %s is read, and the next save replaces it', async (_, text) => {
    const one = storeWith(text);
    expect(await one.store.find(ID)).toEqual(revision(1));
    await one.store.update(ID, increment);
    expect(one.text()).toBe(line(2).replace('"n":2', '"n":2'));
    expect(await one.store.find(ID)).toEqual(revision(2));
  });

  it.each<[string, string]>([
    ['an editor added blank lines', `${line(1)}\n \r\n`],
    ['an editor wrote the line ends of Windows', `${line(7)}${line(1).trim()}\r\n`],
  ])('a file to which %s is read, and grows on', async (_, text) => {
    const one = storeWith(text);
    expect(await one.store.find(ID)).toEqual(revision(1));
    await one.store.update(ID, increment);
    expect(one.text()).toBe(text + line(2));
    expect(await one.store.find(ID)).toEqual(revision(2));
  });

  it.each<[string, string, RegExp]>([
    ['nothing', '', /it is empty/],
    ['white space', ' \n\n', /it is empty/],
    ['a torn line alone', '{"version":1,"id":', /not JSON, or only the beginning/],
    ['a last line that is no JSON, after a good one', `${line(1)}{"version":1,\n`, /not JSON/],
    ['a last line of a newer version', `${line(1)}{"version":2}\n`, /upgrade moin-sessions/],
    ['the same without the line feed', `${line(1)}{"version":2}`, /upgrade moin-sessions/],
    ['a torn line after a line that is no JSON', `${line(1)}oops\n{"ver`, /not JSON/],
  ])('I4: %s is unreadable, and is not changed', async (_, text, reason) => {
    const one = storeWith(text);
    await expect(one.store.find(ID)).rejects.toThrow(UnreadableRecordError);
    await expect(one.store.update(ID, increment)).rejects.toThrow(reason);
    const [entry] = await all(one.store.scan());
    expect(entry).toMatchObject({ record: null, bytes: text.length });
    expect((await one.store.delete(ID, { when: () => true })).removed).toBe(false);
    expect(one.text()).toBe(text);
  });

  it('I3: a line that was cut short at any byte leaves the old record or the new one', () => {
    const added = line(2);
    for (let length = 0; length <= added.length; length++) {
      const { record, mayGrow } = lastRecord(ID, Buffer.from(line(1) + added.slice(0, length)));
      const isThere = length >= added.length - 1;
      expect(record).toEqual(revision(isThere ? 2 : 1));
      expect(mayGrow).toBe(length === 0 || length === added.length);
    }
  });

  it('I3: whatever the values are, and however many lines there are, the last whole one is read', () => {
    const data = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(data, { minLength: 1, maxLength: 5 }), fc.nat(), (values, cut) => {
        const lines = values.map((one, n) => Buffer.from(`${json(revision(n + 1, one as never))}\n`));
        const last = Buffer.from(`${json(revision(99))}\n`);
        const torn = last.subarray(0, cut % (last.length - 1));
        const expected = revision(values.length, JSON.parse(json(values.at(-1))));
        expect(lastRecord(ID, Buffer.concat([...lines, torn])).record).toEqual(expected);
      }),
    );
  });
});

describe('what was removed does not linger in the file', () => {
  const secret = 'a-token-of-a-bank';

  it.each<[string, SessionRecord['data'], SessionRecord['data']]>([
    ['a key', { bank: secret, n: 1 }, { n: 1, other: 'x'.repeat(50) }],
    ['a key within a value', { a: [{ b: { bank: secret, n: 1 } }] }, { a: [{ b: { n: 1 } }] }],
    ['an element of a list', { banks: [1, secret] }, { banks: [1], more: [2, 3] }],
    ['an object in favour of a number', { bank: { token: secret } }, { bank: 1 }],
    ['a list in favour of an object', { bank: [secret] }, { bank: { 0: 1 } }],
    ['all', { bank: secret }, {}],
  ])('%s', async (_, before, after) => {
    const { store, text } = storeWith(`${json(revision(1, before))}\n`);
    await store.update(ID, (now) => ({ ...now, data: after }));
    expect(text()).not.toContain(secret);
    expect(await store.find(ID)).toEqual(revision(2, after));
  });

  it('when the change is made to the record itself', async () => {
    const { store, text } = storeWith(`${json(revision(1, { bank: secret }))}\n`);
    await store.update(ID, (now) => {
      delete (now.data as { bank?: string }).bank;
      return now;
    });
    expect(text()).not.toContain(secret);
  });

  it('what is known of a client', async () => {
    const client = { address: null, userAgent: secret, url: null };
    const { store, text } = storeWith(`${json({ ...revision(1), client })}\n`);
    await store.update(ID, (now) => ({ ...now, client: null }));
    expect(text()).not.toContain(secret);
  });
});

describe('a file that another name leads to, as some backups make them', () => {
  it('is replaced, and the other name keeps its content', async () => {
    const { store, path, text } = storeWith(line(1));
    const backup = join(temporaryFolder(), 'backup');
    linkSync(path, backup);
    await store.update(ID, increment);
    expect(readFileSync(backup, 'utf8')).toBe(line(1));
    expect(text()).toBe(line(2));
  });

  it('a restored file is read, however old it is', async () => {
    const { store, path } = storeWith(line(1));
    await store.update(ID, increment);
    writeFileSync(path, line(1));
    expect(await store.update(ID, increment)).toMatchObject({ revision: 2 });
  });
});
