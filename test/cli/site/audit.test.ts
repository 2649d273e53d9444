import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { FileStore } from '../../../src/store/file/store.js';
import type { MemoryStore } from '../../../src/store/memory.js';
import { FileUserDirectory } from '../../../src/users/file.js';
import { cli } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { NOW, sample, storeOf } from '../../aid/records.js';

let cwd: string;
let file: string;
let store: MemoryStore;
beforeEach(async () => {
  cwd = temporaryFolder();
  file = join(cwd, 'audit.log');
  configure('audit.log');
  store = await storeOf(sample('aaaa'), sample('bbbb'), sample('cccc', { cookieExpires: NOW - 9e6 }));
});

function configure(audit: string): void {
  writeFileSync(join(cwd, 'users.json'), '{"version":1,"users":[]}');
  writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify({ users: 'users.json', audit }));
}

const run = (...argv: string[]) => cli({ store, cwd, actor: { user: 'root', sudoUser: 'olaf' } }, ...argv);
const lines = () =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const OPERATOR = { at: new Date(NOW).toISOString(), by: 'olaf', as: 'root', host: 'web1', pid: 4711 };

describe('the audit log of the command line', () => {
  it('has each session that expire ends: who ran which command, on which machine', async () => {
    const { code } = await run('expire', '--user-id', 'id-alice', '--yes', '--quiet');
    expect(code).toBe(0);
    const ended = { ...OPERATOR, event: 'ended', user: 'alice', userId: 'id-alice' };
    const command = 'expire --quiet --user-id id-alice --yes';
    expect(lines()).toEqual([
      { ...ended, id: sample('aaaa').id, command },
      { ...ended, id: sample('bbbb').id, command },
    ]);
  });

  it('has a purge as a count, and by name each session that it ends before its time', async () => {
    await run('purge', '--expired');
    await run('purge', 'aaaa', '--yes');
    expect(lines()).toEqual([
      { ...OPERATOR, event: 'purged', reason: 'begun', command: 'purge --expired' },
      { ...OPERATOR, event: 'purged', count: 1, command: 'purge --expired' },
      { ...OPERATOR, event: 'purged', reason: 'begun', command: 'purge --yes' },
      expect.objectContaining({ event: 'ended', id: sample('aaaa').id, by: 'olaf', command: 'purge --yes' }),
      { ...OPERATOR, event: 'purged', count: 1, command: 'purge --yes' },
    ]);
  });

  it('has a copy with its count', async () => {
    const target = new FileStore(join(cwd, 'there'));
    const { code, err } = await cli(
      { store, stores: { 'file:there': target }, cwd },
      ...['copy', '--to', 'file:there', '--no-secret'],
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(lines()).toMatchObject([
      { event: 'copied', reason: 'begun' },
      { event: 'copied', count: 2, by: 'operator', command: 'copy --to file:there --no-secret' },
    ]);
  });

  it('has changes of users, and neither passwords nor what was typed as an argument', async () => {
    const world = { store, cwd, stdin: 'a good password\n' };
    await cli(world, 'users', 'add', 'alice', '--password-stdin');
    await cli(world, 'users', 'passwd', 'alice', '--password-stdin');
    await cli(world, 'users', 'disable', 'alice');
    await cli(world, 'users', 'enable', 'alice');
    const user = await new FileUserDirectory(join(cwd, 'users.json')).findByName('alice');
    expect(lines().map(({ event, user, userId, command }) => [event, user, userId, command])).toEqual([
      ['user-added', 'alice', user?.id, 'users add --password-stdin'],
      ['user-password', 'alice', user?.id, 'users passwd --password-stdin'],
      ['user-disabled', 'alice', user?.id, 'users disable'],
      ['user-enabled', 'alice', user?.id, 'users enable'],
    ]);
    expect(readFileSync(file, 'utf8')).not.toContain('a good password');
  });

  it.each([
    [['list']],
    [['inspect', 'aaaa']],
    [['expire', '--all', '--dry-run']],
    [['purge', '--all', '--dry-run']],
  ])('%s changes nothing, so the file is not even made', async (argv) => {
    expect((await run(...argv)).code).toBe(0);
    expect(existsSync(file)).toBe(false);
  });

  it('keeps a command that changes something from its work when it cannot be opened', async () => {
    configure('gone/audit.log');
    for (const argv of [
      ['expire', '--all', '--yes'],
      ['users', 'add', 'alice', '--password-stdin'],
    ]) {
      const { code, out, err } = await run(...argv);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(
        /^moin-sessions: cannot open the audit log .*gone\/audit.log: its folder does not .*\n$/,
      );
    }
    const { out } = await run('list', '--refused', '--format', 'count');
    expect(out).toBe('2\n');
    expect(JSON.parse(readFileSync(join(cwd, 'users.json'), 'utf8'))).toMatchObject({ users: [] });
  });

  it('that fails under way stops no urgent work: the command ends with 1, and says how many entries are lost', async () => {
    const update = store.update.bind(store);
    store.update = (id, change) => {
      rmSync(cwd, { recursive: true, force: true });
      return update(id, change);
    };
    const { code, out, err } = await run('expire', '--all', '--yes');
    expect(out).toMatch(/^Ended 2 sessions/);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(
        /^moin-sessions: the work is done, and the audit log lacks 2 changes of it: cannot write/,
      ),
    });
  });

  it('shows flags as a shell reads them, and hides what looks like a token', async () => {
    await run('purge', '--has-key', "it's\u001b[2J", '--yes');
    await run('purge', '--has-key', `Aa0${'x'.repeat(60)}`, '--all', '--yes');
    await run('purge', 'cccc', '--yes', '--fields', 'removed');
    expect(lines().map(({ command }) => command)).toContain('purge --fields removed --yes');
    for (const hidden of ['\u001b', 'Aa0x']) expect(readFileSync(file, 'utf8')).not.toContain(hidden);
    store = await storeOf(sample('dddd', { data: { [`Aa0${'x'.repeat(60)}`]: 1, "it's": 1 } }));
    await run('expire', '--has-key', `Aa0${'x'.repeat(60)}`, '--yes');
    expect(lines().at(-1)?.command).toBe('expire --has-key [hidden] --yes');
  });
});
