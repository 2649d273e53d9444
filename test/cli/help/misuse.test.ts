import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cli } from '../../aid/cli/fake-context.js';
import { pathsOf, wholeProgram } from '../../aid/cli/tree.js';

const program = await wholeProgram();
const commands = pathsOf(program).map((path) => path.join(' '));

describe('spec 7: what is mistyped ends with the help of its own command', () => {
  it.each(commands)('moin-sessions %s --nonsense', async (name) => {
    const path = name.split(' ').filter(Boolean);
    const { code, out, err } = await cli({}, ...path, '--nonsense');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^moin-sessions: [^\n]+\n$/);
    expect(err).toContain(`; see '${['moin-sessions', ...path].join(' ')} --help'\n`);
    // A required option that is missing is said first.
    expect(err).toMatch(/unknown option '--nonsense'|required option/);
  });

  it.each([
    ['list', 'alice'],
    ['stats', 'alice'],
    ['copy', '--to', 'x', 'alice'],
  ])('%s %s %s: names --user, and repeats no argument', async (...argv) => {
    const { code, err } = await cli({}, ...argv);
    expect(code).toBe(2);
    expect(err).toContain(`'${argv[0]}' takes no arguments, but got 1`);
    expect(err).toContain('--user NAME');
    expect(err).not.toContain('alice');
  });

  it('too many arguments where some are taken', async () => {
    expect((await cli({}, 'users', 'add', 'alice', 'bob')).err).toBe(
      "moin-sessions: 'add' takes 1 argument, but got 2; see 'moin-sessions users add --help'\n",
    );
  });

  it.each(['inspect', 'expire', 'purge'])('%s alice, which is no id, names --user alice', async (command) => {
    const { code, err } = await cli({}, command, 'alice');
    expect(code).toBe(2);
    expect(err).toContain("'alice' is not a session id");
    expect(err).toContain("'moin-sessions list --user alice'");
    expect(err).toMatch(/'expire' and 'purge' take --user/);
  });

  it('a name that a shell would take apart is not shown as one to copy', async () => {
    const { err } = await cli({}, 'expire', '$(reboot)');
    expect(err).toContain('--user NAME');
    expect(err).not.toContain('--user $');
  });

  it('an argument or a value that is missing is named', async () => {
    expect((await cli({}, 'inspect')).err).toBe(
      "moin-sessions: missing required argument 'id'; see 'moin-sessions inspect --help'\n",
    );
    expect((await cli({}, 'list', '--limit')).err).toContain("option '--limit <count>' argument missing");
    expect((await cli({}, 'copy')).err).toContain("see 'moin-sessions copy --help'");
    for (const argv of [['--format', 'yaml'], ['--format'], ['--store']])
      expect((await cli({}, 'list', ...argv)).err).toContain("see 'moin-sessions help options'");
  });

  it('flags without a command are a mistake: a program waits for JSON', async () => {
    expect(await cli({}, '--json')).toMatchObject({
      code: 2,
      out: '',
      err: "moin-sessions: a command is missing; see 'moin-sessions --help'\n",
    });
    const { code, err } = await cli({}, 'users', '--json');
    expect(code).toBe(2);
    expect(err).toMatch(/'users' needs one of list, add, .*; see 'moin-sessions users --help'\n$/);
  });
});

describe('hints', () => {
  it.each([
    ['logout', 'expire'],
    ['kick', 'expire'],
    ['kill', 'expire'],
    ['end', 'expire'],
    ['rm', 'purge'],
    ['delete', 'purge'],
    ['remove', 'purge'],
    ['clean', 'purge'],
    ['gc', 'purge'],
    ['ls', 'list'],
    ['ps', 'list'],
    ['sessions', 'list'],
    ['show', 'inspect'],
    ['get', 'inspect'],
    ['describe', 'inspect'],
    ['user', 'users'],
    ['who', 'list --logged-in --active'],
    ['ban', 'users disable'],
    ['lock', 'users disable'],
    ['block', 'users disable'],
    ['disable', 'users disable'],
    ['enable', 'users enable'],
    ['passwd', 'users passwd'],
    ['rename', 'users rename'],
    ['useradd', 'users add'],
    ['lsit', 'list'],
    ['purgee', 'purge'],
  ])("a command '%s' is '%s' here", async (word, name) => {
    const { code, err } = await cli({}, word);
    expect(code).toBe(2);
    expect(err).toBe(
      `moin-sessions: unknown command '${word}' (did you mean '${name}'?); see 'moin-sessions --help'\n`,
    );
  });

  it("subcommands have hints of their own: 'users create' is 'add'", async () => {
    expect((await cli({}, 'users', 'create', 'alice')).err).toContain(
      "(did you mean 'add'?); see 'moin-sessions users --help'",
    );
  });

  it('never names a command that is not there', async () => {
    const words = ['doctor', 'dump', 'restore', 'settings', 'logs', 'watch', 'frobnicate'];
    for (const word of words) {
      const [, named] = /did you mean '(\S+?)[ ']/.exec((await cli({}, word)).err) ?? [];
      if (named !== undefined) expect(commands).toContain(named);
    }
  });

  it.each([
    [['list', '-n', '5'], "unknown option '-n' (did you mean '--limit'?)"],
    [['list', '--top=5'], "unknown option '--top' (did you mean '--limit'?)"],
    [['copy', '--from', 'x', '--to', 'y'], "unknown option '--from' (the source is named by --store)"],
    [['expire', '--all', '--force'], "unknown option '--force' (did you mean '--yes'?)"],
    [['list', '--force'], "unknown option '--force';"],
    [['list', '--state', 'active'], "'--state' (a state is a flag of its own: --active, --grace,"],
    [['purge', '3f2a', '--reason', 'x'], "unknown option '--reason': it belongs to 'expire', and to 'users"],
    [['list', '--usr', 'alice'], "(did you mean '--user'?)"],
    [['list', '--jsn'], "(did you mean '--json'?)"],
    [['--user', 'alice', 'list'], "unknown option '--user': it belongs after 'list'"],
    [
      ['users', 'add', '--password', 'hunter2'],
      "unknown option '--password' (did you mean '--password-stdin'?)",
    ],
  ])('%j: %s', async (argv, message) => {
    const { code, err } = await cli({}, ...argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(err).not.toContain('hunter2');
  });

  it('whatever is typed: one line, exit 0 or 2, no control character, and no value of an unknown option', async () => {
    const word = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('list', 'users', 'help', '-', '--json', '\x1b[2J', 'a\nb'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 3 }), async (words) => {
        const { code, out, err } = await cli({}, ...words, '--zzz=S3cretValue');
        if (code === 0) return expect(out).not.toBe('');
        expect(err).toMatch(/^moin-sessions: [^\p{Cc}]+\n$/u);
        expect(err).not.toContain('S3cretValue');
      }),
      { numRuns: 150 },
    );
  });
});
