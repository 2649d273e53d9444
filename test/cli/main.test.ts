import { describe, expect, it } from 'vitest';
import { StoreError } from '../../src/base/errors.js';
import { cli } from '../aid/cli/fake-context.js';
import { sample, storeOf } from '../aid/records.js';

describe('main', () => {
  it.each([
    [],
    ['--help'],
    ['-h'],
    ['help'],
    ['users'],
    ['list', '--help'],
    ['purge', '-h'],
    ['help', 'users'],
    ['users', 'add', '-h'],
  ])('%s %s %s shows help on stdout: exit 0', async (...argv) => {
    const { code, out, err } = await cli({}, ...argv);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Usage: moin-sessions');
  });

  it('-V shows the version', async () => {
    expect((await cli({}, '-V')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [['--json'], 'a command is missing'],
    [['lst'], "did you mean 'list'?"],
    [['list', 'x'], "see 'moin-sessions list --help'"],
    [['list', '--limt', '1'], "did you mean '--limit'?"],
    [['list', '--limit', '0'], 'whole number from 1'],
    [['list', '--idle', '2 hours'], 'write 30m, 2h, 7d'],
    [['list', '--format', 'xml'], 'Allowed choices are table'],
    [['list', '--json', '--format', 'csv'], 'contradict'],
    [['list', '--fields', 'id,,kind'], 'lacks a name'],
    [['users', 'nonsense'], 'unknown command'],
  ])('%j is a usage error in one line that names the remedy', async (argv, remedy) => {
    const { code, out, err } = await cli({}, ...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(remedy);
    expect(err).toMatch(/^moin-sessions: [^\n]+\n$/);
  });

  describe('spec 7: a flag given twice is an error, unless it gathers values', () => {
    it.each([
      ['--store', ['list', '--store', 'a', '--store', 'b']],
      ['--store', ['--store', 'a', 'list', '--store', 'a']],
      ['--config', ['list', '--config=a', '--config', 'b']],
      ['--format', ['list', '--format', 'json', '--format', 'csv']],
      ['--at', ['list', '--at', '+1h', '--at', '+2h']],
      ['--limit', ['list', '--limit', '1', '--limit', '2']],
      ['--sort', ['list', '--sort', 'seen', '--sort', 'id']],
      ['--idle', ['list', '--idle', '1h', '--idle', '2h']],
      ['--has-key', ['list', '--has-key', 'a', '--has-key', 'b']],
      ['--name', ['simulate', '--login', '--name', 'a', '--name', 'b']],
      ['--basic', ['simulate', '--basic', 'a', '--basic', 'b']],
      ['--repeat', ['simulate', '--repeat', '1', '--repeat', '2']],
    ])('%s: exit 2, and the flag is named', async (flag, argv) => {
      const { code, out, err, opened } = await cli({}, ...argv);
      expect({ code, out, opened }).toEqual({ code: 2, out: '', opened: [] });
      expect(err).toBe(`moin-sessions: ${flag} is given twice: give it once\n`);
    });

    it.each(['--cookie', '--header'])('%s gathers its values', async (flag) => {
      const { code } = await cli({}, 'simulate', flag, 'x: a=1', flag, 'x: b=2');
      expect(code).toBe(0);
    });

    it('--fields twice shows the fields of both', async () => {
      const store = await storeOf(sample('abcd'));
      const { out } = await cli(
        { store },
        'list',
        '--fields',
        'kind',
        '--format',
        'csv',
        '--fields',
        'state',
      );
      expect(out).toBe('kind,state\r\nuser,active\r\n');
    });
  });

  it('accepts shared flags before and after the command', async () => {
    expect((await cli({}, '--json', 'list')).out).toBe('[]\n');
    expect((await cli({}, 'list', '--json')).out).toBe('[]\n');
  });

  it('a store out of reach: exit 1, and a stack only with --debug', async () => {
    const store = await storeOf();
    store.scan = () => {
      throw new StoreError('the disk \x1b[2J is full');
    };
    const plain = await cli({ store }, 'list');
    expect(plain).toMatchObject({ code: 1, err: 'moin-sessions: the disk ␛[2J is full\n' });
    const { err } = await cli({ store }, 'list', '--debug');
    expect(err).toMatch(/\n {4}at /);
  });

  it('precedence: flag, environment, default', async () => {
    const env = { MOIN_SESSIONS_STORE: 'file:from-env' };
    expect((await cli({ env, cwd: '/here' }, 'list', '--store', 'x')).opened).toEqual([
      { where: 'x', mustExist: true, readOnly: true, resolveFrom: '/here' },
    ]);
    expect((await cli({ env, cwd: '/here' }, 'list')).opened[0]?.where).toBe('file:from-env');
    expect((await cli({ cwd: '/here' }, 'list')).opened[0]?.where).toBe('file:.moin-sessions');
  });
});
