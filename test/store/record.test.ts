import { describe, expect, it } from 'vitest';
import { UnreadableRecordError } from '../../src/base/errors.js';
import { MemoryStore } from '../../src/store/memory.js';
import { parseRecord, parseTombstone, storable } from '../../src/store/record.js';
import { DAMAGED, FIRST_VERSION } from '../../src/testing/store/damaged-texts.js';
import { temporaryStore } from '../aid/file-store.js';
import { putFile } from '../aid/folder.js';
import { all, aRecord, idOf, owner } from '../aid/records.js';

describe('the text of a record', () => {
  it('comes back as the record, on one line', () => {
    const record = aRecord('a', { user: owner('u'), data: { text: 'two\nlines' } });
    const { text, record: copy } = storable(record.id, record);
    expect(text).not.toContain('\n');
    expect(parseRecord(record.id, text)).toEqual(record);
    expect(copy).toEqual(record);
    expect(copy.data).not.toBe(record.data);
  });

  it('of the first version is read', () => {
    expect(parseRecord(idOf('a'), FIRST_VERSION)).toMatchObject(JSON.parse(FIRST_VERSION));
  });

  it.each(DAMAGED)('I4: %.60s is unreadable, and the reason says %s', (text, reason) => {
    const parse = () => parseRecord(idOf('a'), text);
    expect(parse).toThrow(UnreadableRecordError);
    expect(parse).toThrow(reason);
    expect(parse).not.toThrow(/S3cret/);
  });

  it.each([
    ['', null],
    ['{"at":1,"until":"2"}', null],
    ['[]', null],
    ['{"reason":"logout","at":1,"until":2}', { reason: 'logout', at: 1, until: 2 }],
    ['{"reason":"rotated","at":1,"until":2,"successor":"../x"}', { reason: 'rotated', at: 1, until: 2 }],
  ])('of a tombstone: %s is %j', (text, tombstone) => {
    expect(parseTombstone(text)).toEqual(tombstone);
  });
});

describe('the size of a record, readable or not', () => {
  const { id } = aRecord('a');
  const file = () => {
    const { store, layout } = temporaryStore();
    return { store, plant: (text: string) => putFile(layout.record(id), text) };
  };
  const memory = () => {
    const store = new MemoryStore();
    return { store, plant: (text: string) => store.putBytes(id, text) };
  };

  it.each([
    ['file', file],
    ['memory', memory],
  ])('%s: is the number of its bytes', async (_, open) => {
    const { store, plant } = open();
    const { text } = storable(id, aRecord('a', { data: { key: 'ü' } }));
    for (const stored of ['', '{"half', text]) {
      plant(stored);
      const bytes = Buffer.byteLength(stored);
      expect(await all(store.scan())).toMatchObject([{ bytes }]);
      expect(await store.delete(id)).toMatchObject({ removed: true, bytes });
    }
  });
});
