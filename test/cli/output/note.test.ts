import { expect, it } from 'vitest';
import { note } from '../../../src/cli/output/note.js';
import { shown } from '../../../src/cli/output/words.js';

async function noted(text: string, { isTTY = false, columns = 80 } = {}): Promise<string> {
  let written = '';
  const write = async (more: string) => {
    written += more;
  };
  await note({ err: { isTTY, columns, write } }, text);
  return written;
}

it('a right-to-left name that a sentence isolates has no replacement characters around it', async () => {
  const name = 'عمر الفاروق';
  expect(shown(name)).not.toBe(name);
  expect(await noted(`would end 19 sessions of ${shown(name)}`)).toBe(
    `moin-sessions: would end 19 sessions of ${name}\n`,
  );
});

it('marks that override the direction are replaced all the same', async () => {
  expect(await noted('a \u202eb')).toBe('moin-sessions: a \ufffdb\n');
});

it('breaks between words at the width of a terminal, and is one line in a pipe', async () => {
  const text = "there is no session ffff: see 'moin-sessions list'";
  expect(await noted(text, { columns: 40 })).toBe(`moin-sessions: ${text}\n`);
  expect(await noted(text, { isTTY: true, columns: 40 })).toBe(
    "moin-sessions: there is no session ffff:\n  see 'moin-sessions list'\n",
  );
});

it('a line feed in a message makes no line of its own on a terminal', async () => {
  expect(await noted('a\nmoin-sessions: b', { isTTY: true })).toBe('moin-sessions: a moin-sessions: b\n');
});
