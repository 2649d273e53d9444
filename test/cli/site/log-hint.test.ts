import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { FileStore } from '../../../src/index.js';
import { CookieSigner } from '../../../src/session/cookie/signer.js';
import { idOf } from '../../../src/session/cookie/token.js';
import type { SessionStore } from '../../../src/store/contract.js';
import { cli } from '../../aid/cli/fake-context.js';
import { temporaryStore } from '../../aid/file-store.js';
import { temporaryFolder } from '../../aid/folder.js';
import { sample, storeOf } from '../../aid/records.js';

const SECRET = 'a secret of the tests, 32 bytes or more';
const TOKEN = 'A'.repeat(43);
const ID = idOf(TOKEN);
const gone = `MOIN_SESSION=${new CookieSigner('MOIN_SESSION', [Buffer.from(SECRET)]).sign('user', TOKEN)}`;
const forged = gone.replace('user.', 'anon.');

let cwd: string;
beforeEach(() => {
  cwd = temporaryFolder();
});

async function errOf(options: object, ...args: [SessionStore, ...string[]] | string[]): Promise<string> {
  const [first, ...rest] = args;
  const store = typeof first === 'string' ? await storeOf() : first;
  const argv = typeof first === 'string' ? [first, ...rest] : rest;
  const all = { auth: ['moin_session'], secrets: SECRET, ...options };
  writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify(all));
  return (await cli({ cwd, ...(store && { store }) }, ...(argv as string[]))).err;
}

const audited = { audit: 'audit.log' };

describe('a session that is gone points to the audit log', () => {
  it.each([
    [audited, `'moin-sessions log --id ${ID}' says`],
    [{ audit: 'syslog' }, `'journalctl -t moin-sessions -g ${ID}' says`],
  ])('with %j: whoami and simulate name its id, inspect what was typed', async (options, expected) => {
    for (const command of ['whoami', 'simulate'])
      expect(await errOf(options, command, '--cookie', gone)).toBe(
        `moin-sessions: ${expected} what the audit log knows of it\n`,
      );
    for (const command of [['inspect'], ['expire', '-n'], ['purge', '-n'], ['set', 'key', '1', '-n']]) {
      const [name = '', ...rest] = command;
      expect(await errOf(options, name, ID, ...rest)).toContain(`see 'moin-sessions list'; ${expected}`);
    }
    expect(await errOf(options, 'whoami', '-q', '--cookie', gone)).toBe('');
  });

  it.each(['expire', 'purge', 'inspect'])('%s: one of several that is gone, too', async (command) => {
    const store = await storeOf(sample('aaaa', { user: null }));
    const flags = command === 'inspect' ? [] : ['-y'];
    expect(await errOf(audited, store, command, 'aaaa', ID, ...flags)).toContain(
      `there is no session ${ID}; 'moin-sessions log --id ${ID}' says`,
    );
  });

  it('without an audit log nothing more is said', async () => {
    for (const cookie of [gone, forged])
      for (const command of ['whoami', 'simulate'])
        expect(await errOf({}, command, '--cookie', cookie)).toBe('');
    expect(await errOf({}, 'inspect', ID)).toMatch(/see 'moin-sessions list'\n$/);
  });

  it('a bad signature names the changes of the secret, unless the configuration lists it: those are in no log', async () => {
    expect(await errOf(audited, 'whoami', '--cookie', forged)).toBe('');
    const { store } = temporaryStore();
    await store.secret({ create: true });
    const opened = () => new FileStore(store.location.replace('file:', ''), { readOnly: true });
    const kept = { ...audited, secrets: undefined };
    const hint = "'moin-sessions log --event secret-rotated' says whether the secret was changed";
    for (const command of ['whoami', 'simulate'])
      expect(await errOf(kept, opened(), command, '--cookie', forged)).toBe(`moin-sessions: ${hint}\n`);
  });
});
