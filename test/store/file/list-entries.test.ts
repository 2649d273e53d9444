import { closeSync, openSync } from 'node:fs';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { formatEntries, ownerDigest, readEntries, readIdsOf } from '../../../src/store/file/list-entries.js';
import { putFile, temporaryFolder } from '../../aid/folder.js';

const PORTION = 64 * 1024;
const alice = ownerDigest('alice');
const bob = ownerDigest('bob');
const id = (n: number) => n.toString(16).padStart(32, '0');
let path: string;
beforeEach(() => {
  path = `${temporaryFolder()}/list`;
});

/** The ids of one user in a list file with this text, as both ways of reading find them. */
function idsIn(text: string, owner: string, size = text.length): { searched: string[]; filtered: string[] } {
  putFile(path, text);
  const fd = openSync(path, 'r');
  try {
    const filtered = [...readEntries(fd, size)].flat().filter((entry) => entry.owner === owner);
    return {
      searched: [...new Set([...readIdsOf(fd, size, owner)].flat())],
      filtered: [...new Set(filtered.map((entry) => entry.id))],
    };
  } finally {
    closeSync(fd);
  }
}

describe('the entries of one user in a list', () => {
  it('are found wherever a portion of the file ends', () => {
    const before = formatEntries(Array.from({ length: 970 }, (_, n) => ({ owner: bob, id: id(n) })));
    const entry = formatEntries([{ owner: alice, id: id(1) }]);
    for (let end = PORTION - 2; end <= PORTION + entry.length + 2; end++) {
      const text = `${'x'.repeat(end - entry.length - before.length)}${before}${entry}\nrest`;
      expect({ end, ...idsIn(text, alice) }).toEqual({ end, searched: [id(1)], filtered: [id(1)] });
    }
  });

  it('I4: are whole lines; what a cut or foreign line has of them does not count', () => {
    const line = `${alice} ${id(1)}`;
    for (const text of [
      line,
      `x${line}\n`,
      `\n${line}x\n`,
      `\n${line.toUpperCase()}\n`,
      `\n${line.slice(0, -1)}\n`,
      `\n${alice} ${alice} ${id(1)}\n`,
      `\n${alice} ${'g'.repeat(32)}\n`,
      // The second portion begins with this line, but the line does not.
      `${'x'.repeat(PORTION - line.length - 1)}${line}\nrest`,
    ])
      expect({ text, ...idsIn(text, alice) }).toEqual({ text, searched: [], filtered: [] });
    expect(idsIn(`${line}\n`, alice).searched).toEqual([id(1)]);
    expect(idsIn(`\n${line}\n`, alice, line.length + 1).searched).toEqual([]);
  });

  it('are the same as a look at every line finds, in any text', () => {
    const piece = fc.oneof(
      fc.constantFrom('\n', ' ', 'a', alice, bob, id(1), `${alice} ${id(2)}`, `\n${alice} ${id(3)}\n`),
      fc.nat(999).map((n) => formatEntries([{ owner: alice, id: id(n) }])),
      fc.nat(PORTION).map((length) => 'x'.repeat(length)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const { searched, filtered } = idsIn(pieces.join(''), alice);
        expect(searched).toEqual(filtered);
      }),
      { numRuns: 300 },
    );
  });
});
