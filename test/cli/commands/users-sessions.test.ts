import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { FileStore } from '../../../src/index.js';
import type { MemoryStore } from '../../../src/store/memory.js';
import { cli, type World } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';
import { NOW, sample, storeOf } from '../../aid/records.js';

let cwd: string;
let store: MemoryStore;
const users = (world: World, ...argv: string[]) => cli({ cwd, store, ...world }, 'users', ...argv);
const file = () => JSON.parse(readFileSync(join(cwd, 'users.json'), 'utf8')).users;
const userNamed = (name: string) => file().find((user: { name: string }) => user.name === name);
const ended = async (digits: string) => (await store.find(digits.padEnd(32, '0')))?.ended ?? null;
const CHAIN = ['moin_login', 'moin_session'];

/** A user file without the cost of a hash. */
function writeUsers(...names: string[]): void {
  const stored = names.map((name) => ({
    id: `id-${name}`,
    name,
    password: '$scrypt$ln=17,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    disabled: false,
    created: NOW,
  }));
  writeFileSync(join(cwd, 'users.json'), JSON.stringify({ version: 1, users: stored }));
}

beforeEach(async () => {
  cwd = temporaryFolder();
  const config = { users: 'users.json', auth: CHAIN, secrets: 'x'.repeat(32) };
  writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify(config));
  writeUsers('alice', 'bob', 'carol');
  store = await storeOf(
    sample('aaaa'),
    sample('abab'),
    sample('bbbb', { user: 'bob' }),
    sample('dddd', { user: null }),
  );
});

describe('spec 7: passwd, disable and delete end the sessions of the user', () => {
  it('disable: at once, with a reason for operators; sessions of others go on', async () => {
    expect((await users({}, 'disable', 'alice', '-y')).out).toBe('Disabled alice, and ended 2 sessions.\n');
    expect(await ended('aaaa')).toEqual({ at: NOW, by: 'administrator', reason: 'the user was disabled' });
    expect(await ended('abab')).not.toBeNull();
    expect(await ended('bbbb')).toBeNull();
    expect(userNamed('alice').disabled).toBe(true);
  });

  it('passwd', async () => {
    const flags = ['passwd', 'alice', '--password-stdin', '--yes', '--json'];
    const { out } = await users({ stdin: 'another password' }, ...flags);
    expect(JSON.parse(out)).toMatchObject([{ name: 'alice', sessionsEnded: 2 }]);
    expect(await ended('aaaa')).toMatchObject({ reason: 'the password was changed' });
  });

  it('delete', async () => {
    expect((await users({}, 'delete', 'alice', '-y')).out).toBe('Deleted alice, and ended 2 sessions.\n');
    expect(userNamed('alice')).toBeUndefined();
    expect(await ended('aaaa')).toMatchObject({ reason: 'the user was deleted' });
  });

  it.each(['disable', 'delete', 'passwd'])(
    '%s --reason: the ended sessions and the audit log keep it',
    async (command) => {
      const config = { users: 'users.json', auth: CHAIN, secrets: 'x'.repeat(32), audit: 'audit.log' };
      writeFileSync(join(cwd, 'moin-sessions.config.json'), JSON.stringify(config));
      const more = command === 'passwd' ? ['--password-stdin'] : [];
      const flags = ['alice', '-y', '--reason', 'ticket 4711', ...more];
      expect((await users({ stdin: 'another password' }, command, ...flags)).code).toBe(0);
      expect(await ended('aaaa')).toEqual({ at: NOW, by: 'administrator', reason: 'ticket 4711' });
      const lines = readFileSync(join(cwd, 'audit.log'), 'utf8').trim().split('\n');
      const entries = lines.map((line) => JSON.parse(line) as { event: string; reason?: string });
      expect(entries.map(({ event }) => event)).toContain('ended');
      expect(entries.map(({ reason }) => reason)).toEqual(entries.map(() => 'ticket 4711'));
      expect((await users({}, command, 'bob', '-y', '--reason', ' ')).code).toBe(2);
    },
  );

  it.each(['disable', 'delete'])('%s --keep-sessions opens no store', async (command) => {
    const { code, opened } = await users({}, command, 'alice', '-y', '--keep-sessions');
    expect({ code, opened }).toEqual({ code: 0, opened: [] });
    expect(await ended('aaaa')).toBeNull();
  });

  it('asks first on a terminal, and needs --yes elsewhere; then nothing is done', async () => {
    const before = file();
    const no = await users({ tty: true, answers: [false] }, 'disable', 'alice', 'bob');
    expect(no.asked).toEqual(['Disable alice and bob, and end 3 sessions in memory?']);
    expect(no.code).toBe(1);
    const { code, err } = await users({}, 'passwd', 'alice', '--password-stdin');
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining('end 2 sessions in memory: add --yes, or --keep-sessions'),
    });
    expect(file()).toEqual(before);
    expect(await ended('aaaa')).toBeNull();
  });

  it('delete asks without sessions, too: it cannot be taken back', async () => {
    expect((await users({ tty: true, answers: [false] }, 'delete', 'carol')).asked).toEqual([
      'Delete carol?',
    ]);
    expect((await users({}, 'delete', 'carol')).code).toBe(2);
    expect((await users({}, 'delete', 'carol', '--keep-sessions')).code).toBe(2);
    expect(userNamed('carol')).toBeDefined();
    expect((await users({}, 'disable', 'carol')).code).toBe(0);
  });

  it('several names: each that is not there is named: exit 4, and the others are done; none: exit 3', async () => {
    const { code, out, err } = await users({}, 'disable', 'alice', 'zoe', 'id-bob', 'bob', '-y');
    expect({ code, out }).toEqual({
      code: 4,
      out: 'Disabled alice, and ended 2 sessions.\nDisabled bob, and ended 1 session.\n',
    });
    expect(err).toContain("there is no user 'zoe'");
    expect((await users({}, 'delete', 'zoe', 'yan', '-y')).code).toBe(3);
  });

  it('sessions that cannot be ended: exit 4 or 1, and the remedy', async () => {
    store.update = async () => {
      throw new StoreError('it is stuck');
    };
    const { code, err, out } = await users({}, 'disable', 'alice', '-y');
    expect({ code, out }).toEqual({ code: 1, out: 'Disabled alice, and ended 0 of 2 sessions.\n' });
    expect(err).toMatch(
      /alice: the change is made, but not all sessions .*stuck.*expire --user-id id-alice' tries/,
    );
    expect((await users({}, 'disable', 'alice', 'carol', '-y')).code).toBe(4);
  });

  it.each([
    ['disable', '-y'],
    ['disable', '-n'],
    ['delete', '-y'],
  ])('several names: %s %s reads the whole store once, and counts the sessions of each', async (...argv) => {
    const files = new FileStore(join(cwd, 'store'));
    for await (const { record } of store.scan()) if (record !== null) await files.create(record);
    const scan = vi.spyOn(files, 'scan');
    const { out } = await users({ store: files }, ...argv, 'alice', 'bob', 'carol');
    expect(out.match(/\d session/g)).toEqual(['2 session', '1 session', '0 session']);
    expect(scan).toHaveBeenCalledTimes(1);
  });

  it("several names: one user's session that cannot be ended is named as theirs, and the others are done", async () => {
    const update = store.update.bind(store);
    store.update = async (id, change) => {
      if (id.startsWith('abab')) throw new StoreError('it is stuck');
      return update(id, change);
    };
    const { code, out, err } = await users({}, 'disable', 'alice', 'bob', 'carol', '-y');
    expect({ code, out }).toEqual({
      code: 4,
      out: 'Disabled alice, and ended 1 of 2 sessions.\nDisabled bob, and ended 1 session.\nDisabled carol, and ended 0 sessions.\n',
    });
    expect(err).toMatch(/^moin-sessions: alice: the change is made, but not all sessions .*stuck/);
    expect(await ended('aaaa')).not.toBeNull();
    expect(userNamed('alice').disabled).toBe(true);
  });

  it('--dry-run says how many, and changes nothing', async () => {
    const { out, opened } = await users({}, 'delete', 'alice', 'carol', '-n');
    expect(out).toBe('Would delete alice, and end 2 sessions.\nWould delete carol, and end 0 sessions.\n');
    expect(opened).toMatchObject([{ readOnly: true }]);
    expect(userNamed('alice')).toBeDefined();
  });

  it('a configured store that is not there yet holds no sessions; one that is named must be there', async () => {
    expect((await users({}, 'disable', 'carol')).opened).toMatchObject([{ mustExist: false }]);
    expect((await users({}, 'disable', 'carol', '--store', 'file:x')).opened).toMatchObject([
      { mustExist: true },
    ]);
  });
});

describe('issue 13: enable revives nothing', () => {
  it('sessions that were kept when the user was disabled end before the user is enabled', async () => {
    await users({}, 'disable', 'alice', '-y', '--keep-sessions');
    const order: string[] = [];
    const update = store.update.bind(store);
    store.update = async (id, change) => {
      order.push(`disabled: ${userNamed('alice').disabled}`);
      return update(id, change);
    };
    const { out, asked } = await users({ tty: true }, 'enable', 'alice');
    expect({ out, asked }).toEqual({ out: 'Enabled alice, and ended 2 sessions.\n', asked: [] });
    expect(new Set(order)).toEqual(new Set(['disabled: true']));
    expect(await ended('aaaa')).toMatchObject({ reason: 'it began before the user was disabled' });
    expect(userNamed('alice').disabled).toBe(false);
  });

  it('where none was kept, enable mentions no session', async () => {
    await users({}, 'disable', 'alice', '-y');
    expect((await users({}, 'enable', 'alice', '-n')).out).toBe('Would enable alice.\n');
    expect((await users({}, 'enable', 'alice')).out).toBe('Enabled alice.\n');
  });

  it('if they cannot be ended, the user stays disabled', async () => {
    await users({}, 'disable', 'alice', '-y', '--keep-sessions');
    store.update = async () => {
      throw new StoreError('it is stuck');
    };
    const { code, err } = await users({}, 'enable', 'alice');
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('nothing was changed') });
    expect(userNamed('alice').disabled).toBe(true);
  });

  it('of several users, those whose sessions cannot be ended stay disabled; the others are enabled', async () => {
    await users({}, 'disable', 'alice', 'bob', '-y', '--keep-sessions');
    const update = store.update.bind(store);
    store.update = async (id, change) => {
      if (id.startsWith('abab')) throw new StoreError('it is stuck');
      return update(id, change);
    };
    const { code, out, err } = await users({}, 'enable', 'alice', 'bob', 'carol');
    expect({ code, out }).toEqual({
      code: 4,
      out: 'Enabled bob, and ended 1 session.\ncarol is not disabled: nothing to do.\n',
    });
    expect(err).toContain('alice: nothing was changed, for not all sessions could be ended');
    expect(file().map(({ disabled }: { disabled: boolean }) => disabled)).toEqual([true, false, false]);
  });

  it('of a user who is not disabled it ends nothing', async () => {
    const { code, out } = await users({}, 'enable', 'alice');
    expect({ code, out }).toEqual({ code: 0, out: 'alice is not disabled: nothing to do.\n' });
    expect(await ended('aaaa')).toBeNull();
  });
});

describe('rename, set, unset, and add with fields', () => {
  it('rename keeps id and sessions', async () => {
    expect((await users({}, 'rename', 'alice', 'Alice B.')).out).toBe(
      'Renamed alice to Alice B. (id id-alice).\n',
    );
    expect(file()[0]).toMatchObject({ id: 'id-alice', name: 'Alice B.' });
    expect(await ended('aaaa')).toBeNull();
  });

  it.each(['bob', 'id-bob', '', ' x', 'a\u0007'])('rename refuses the name %j', async (name) => {
    expect((await users({}, 'rename', 'alice', name)).code).toBe(2);
    expect((await users({}, 'rename', 'alice', name, '--dry-run')).code).toBe(2);
    expect(file()[0].name).toBe('alice');
  });

  it('set --dry-run refuses a field of the library, as set does', async () => {
    for (const argv of [['-n'], []]) {
      const { code, err } = await users({}, 'set', 'alice', 'disabled', 'true', ...argv);
      expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('"disabled"') });
    }
  });

  it('rename of nobody: exit 3; --dry-run renames nobody', async () => {
    expect((await users({}, 'rename', 'zoe', 'yan')).code).toBe(3);
    expect((await users({}, 'rename', 'alice', 'yan', '-n')).out).toBe('Would rename alice to yan.\n');
    expect(file()[0].name).toBe('alice');
  });

  it("set and unset change the site's own fields, which list shows", async () => {
    await users({}, 'set', 'alice', 'roles', '["editor"]');
    await users({ stdin: '"de"' }, 'set', 'alice', 'locale', '-');
    const shown = async () =>
      JSON.parse((await users({}, 'list', '--json', '--fields', 'name,fields')).out)[0];
    expect(await shown()).toEqual({ name: 'alice', fields: { roles: ['editor'], locale: 'de' } });
    expect((await users({}, 'unset', 'alice', 'locale')).out).toBe('Removed the field locale of alice.\n');
    expect(await shown()).toEqual({ name: 'alice', fields: { roles: ['editor'] } });
  });

  it.each(['id', 'disabled', 'created', 'passwordHint', '__proto__'])(
    'set refuses the field %s',
    async (field) => {
      const before = file();
      for (const flags of [
        ['set', 'alice', field, '1'],
        ['unset', 'alice', field],
      ]) {
        const { code, err } = await users({}, ...flags);
        expect({ code, lines: err.split('\n').length }).toEqual({ code: 2, lines: 2 });
      }
      expect(file()).toEqual(before);
    },
  );

  it('add takes fields that are texts', async () => {
    const flags = ['--field', 'locale=de', '--field', 'note=a=b', '--password-stdin'];
    expect((await users({ stdin: 'secret word' }, 'add', 'zoe', ...flags)).code).toBe(0);
    expect(userNamed('zoe')).toMatchObject({ locale: 'de', note: 'a=b' });
  });

  it.each(['=x', 'locale', 'name=x', 'password=x'])(
    'add refuses --field %s before it asks',
    async (field) => {
      expect((await users({ tty: true }, 'add', 'zoe', '--field', field)).code).toBe(2);
    },
  );
});
