import { expect, it } from 'vitest';
import { note } from '../../../src/cli/output/note.js';
import { shown } from '../../../src/cli/output/words.js';

async function noted(text: string): Promise<string> {
  let written = '';
  const write = async (more: string) => {
    written += more;
  };
  await note({ err: { isTTY: false, write } }, text);
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
