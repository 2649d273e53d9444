import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { FileUserDirectory } from '../../../src/users/file.js';
import { cli, type World } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { sample, storeOf } from '../../aid/records.js';

let cwd: string;
let directory: FileUserDirectory;
const PASSWORD = 'correct horse battery';
const users = (world: World, ...argv: string[]) => cli({ cwd, ...world }, 'users', ...argv);

beforeEach(async () => {
  cwd = temporaryFolder();
  writeFileSync(join(cwd, 'moin-sessions.config.json'), '{ "users": "users.json" }');
  directory = new FileUserDirectory(join(cwd, 'users.json'), { scrypt: { cost: 1024 } });
});

describe('users', () => {
  it('add reads the password from stdin, without its line break', async () => {
    const { code, out } = await users({ stdin: `${PASSWORD}\r\n` }, 'add', 'zoe', '--password-stdin');
    expect(code).toBe(0);
    expect(out).toMatch(/^Added zoe \(id \S+\)\.\n$/);
    expect(await directory.verifyPassword(await directory.findByName('zoe'), PASSWORD)).toBe(true);
  });

  it('add asks twice on a terminal', async () => {
    const { code, asked } = await users({ tty: true, answers: [PASSWORD, PASSWORD] }, 'add', 'zoe');
    expect(code).toBe(0);
    expect(asked).toHaveLength(2);
    const differing = await users({ tty: true, answers: [PASSWORD, 'other password'] }, 'add', 'yan');
    expect(differing.code).toBe(2);
    expect(await directory.findByName('yan')).toBeNull();
  });

  it('without terminal and --password-stdin: exit 2 with the remedy', async () => {
    const { code, err } = await users({}, 'add', 'zoe');
    expect(code).toBe(2);
    expect(err).toContain('--password-stdin');
  });

  it.each(['', ' zoe', 'z'.repeat(201), 'a\u0007b'])(
    'add refuses the name %j before it asks',
    async (name) => {
      expect((await users({ tty: true }, 'add', name)).code).toBe(2);
      expect((await users({}, 'add', name, '--dry-run')).code).toBe(2);
    },
  );

  it('add refuses a taken name', async () => {
    await directory.add('zoe', PASSWORD);
    expect((await users({ stdin: PASSWORD }, 'add', 'zoe', '--password-stdin')).code).toBe(2);
  });

  it('list shows the users in every format', async () => {
    expect((await users({}, 'list', '--json')).out).toBe('[]\n');
    const { id } = await directory.add('zoe', PASSWORD);
    await directory.setDisabled('zoe', true);
    expect(JSON.parse((await users({}, 'list', '--json')).out)).toEqual([
      { id, name: 'zoe', disabled: true, created: expect.stringMatching(/^\d{4}-.*Z$/), fields: {} },
    ]);
    expect((await users({}, 'list')).out).toMatch(/NAME .*\nzoe .*disabled/);
    expect((await users({}, 'list', '--format', 'ids')).out).toBe(`${id}\n`);
    expect((await users({}, 'list', '--fields', 'nope')).code).toBe(2);
  });

  it('a wrong --fields is an error before anything changes', async () => {
    await directory.add('zoe', PASSWORD);
    expect((await users({}, 'disable', 'zoe', '--json', '--fields', 'nope')).code).toBe(2);
    expect(await directory.findByName('zoe')).toMatchObject({ disabled: false });
  });

  it('passwd sets a new password', async () => {
    await directory.add('zoe', PASSWORD);
    await users({ stdin: 'another password' }, 'passwd', 'zoe', '--password-stdin');
    expect(await directory.verifyPassword(await directory.findByName('zoe'), 'another password')).toBe(true);
  });

  it('disable and enable, by name or id', async () => {
    const { id } = await directory.add('zoe', PASSWORD);
    expect((await users({}, 'disable', 'zoe')).out).toBe('Disabled zoe, and ended 0 sessions.\n');
    expect(await directory.findById(id)).toMatchObject({ disabled: true });
    expect(JSON.parse((await users({}, 'enable', id, '--json')).out)).toEqual([
      { id, name: 'zoe', disabled: false, fields: {}, sessionsEnded: 0 },
    ]);
  });

  it('--dry-run changes nothing', async () => {
    expect((await users({}, 'add', 'zoe', '-n')).out).toBe('Would add zoe.\n');
    expect(await directory.findByName('zoe')).toBeNull();
    await directory.add('zoe', PASSWORD);
    expect((await users({}, 'disable', 'zoe', '-n')).out).toBe('Would disable zoe, and end 0 sessions.\n');
    expect(await directory.findByName('zoe')).not.toMatchObject({ disabled: true });
  });

  it.each(['passwd', 'disable', 'enable', 'delete'])('%s of an unknown user: exit 3', async (command) => {
    await directory.add('zoe', PASSWORD);
    expect((await users({}, command, 'nobody')).code).toBe(3);
  });

  it('without a directory: exit 2', async () => {
    const { code, err } = await users({ cwd: '/' }, 'list');
    expect(code).toBe(2);
    expect(err).toContain("set 'users'");
  });

  it('expire --user of a known user without sessions has nothing to do: exit 0', async () => {
    await directory.add('zoe', PASSWORD);
    const store = await storeOf(sample('aaaa'));
    expect(await cli({ cwd, store }, 'expire', '--user', 'zoe', '-y')).toMatchObject({
      code: 0,
      out: 'Nothing to do: no session matches.\n',
    });
    expect((await cli({ cwd, store }, 'expire', '--user', 'nobody', '-y')).code).toBe(3);
  });
});
