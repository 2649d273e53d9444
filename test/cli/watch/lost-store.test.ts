import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileStore } from '../../../src/store/file/store.js';
import { cli } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { NOW, sample } from '../../aid/records.js';

/** Runs a command that looks again and again. `step` comes between the first look and the second one; there is no fourth. */
async function watchWhile(argv: string[], tty: boolean, step: (folder: string) => void) {
  const folder = join(temporaryFolder(), 's');
  const store = new FileStore(folder);
  await store.create(sample('aaaa'));
  let looks = 1;
  const interrupt = new AbortController();
  const outcome = await cli(
    {
      store,
      tty,
      clock: () => NOW,
      signal: interrupt.signal,
      wait: async () => {
        looks += 1;
        if (looks === 2) step(folder);
        if (looks === 4) interrupt.abort();
        if (looks === 4) throw new Error('the process has ended');
        return 'over';
      },
    },
    ...argv,
  );
  await store.close();
  return { ...outcome, looks, folder };
}

describe('a store whose folder is moved away while a command watches it', () => {
  it.each([
    ['events', ['list', '--watch'], false],
    ['events of a user', ['list', '--watch', '--user-id', 'id-alice'], false],
    ['a screen', ['list', '--watch'], true],
    ['statistics in a pipe', ['stats', '--watch', '--format', 'ndjson'], false],
    ['statistics on a screen', ['stats', '--watch'], true],
  ] as const)('%s: the command ends with status 1, and calls no session gone', async (_what, argv, tty) => {
    const away = (folder: string) => renameSync(folder, `${folder}.away`);
    const { code, out, err, looks, folder } = await watchWhile([...argv], tty, away);
    expect({ code, looks }).toEqual({ code: 1, looks: 2 });
    expect(err).toContain(`there is no store at ${folder}`);
    expect(out).not.toContain('gone');
    expect(out).not.toMatch(/\b0 sessions|"sessions":0,"states"/);
  });

  it('an empty folder in its place holds no sessions, and is watched on', async () => {
    const emptied = (folder: string) => {
      renameSync(folder, `${folder}.away`);
      mkdirSync(folder);
    };
    const { out, looks } = await watchWhile(['list', '--watch'], false, emptied);
    expect({ looks, gone: out.includes('"gone"') }).toEqual({ looks: 4, gone: true });
  });
});
