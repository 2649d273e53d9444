import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { FileStore } from '../../../src/store/file/store.js';
import { resultOf } from '../../aid/cli/run.js';
import { temporaryFolder } from '../../aid/folder.js';
import { need } from '../../aid/need.js';
import { sample } from '../../aid/records.js';

const BASH_COMPLETION = '/usr/share/bash-completion/bash_completion';
const NAMES = [
  'alice',
  'bob@example.org',
  `Carol O'Neil "C"`,
  '$(reboot)',
  '`reboot`',
  'x;reboot',
  'a:b',
  '%F{red}dan',
  'Zoë 🦊',
  '!!',
];

let home: string;
let store: string;
beforeEach(async () => {
  home = temporaryFolder();
  store = join(home, 'store');
  const files = new FileStore(store);
  for (const [n, user] of NAMES.entries()) await files.create(sample(`3f0${n}`, { user }));
  await files.close();
  mkdirSync(join(home, 'bin'));
  program('reboot', 'touch "$HOME/rebooted"');
  // Completes as the program does, and writes down how it was called otherwise.
  program(
    'moin-sessions',
    `export MOIN_SESSIONS_STORE=${store}
    [ "$1" = __complete ] && exec ${process.execPath} ${join(inject('built'), 'bin/moin-sessions.js')} "$@"
    for word in "$@"; do printf '%s\\0' "$word"; done >> "$HOME/called"
    printf '\\n' >> "$HOME/called"`,
  );
  writeFileSync(join(home, 'site.json'), '{}');
});

function program(name: string, text: string): void {
  writeFileSync(join(home, 'bin', name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(home, 'bin', name), 0o755);
}

const script = (shell: string) => join(inject('built'), `completions/moin-sessions.${shell}`);
const missing = (command: string) =>
  spawnSync(command, ['--version']).error === undefined ? null : `${command} is not there`;

/** What a person types: each line, with Tab where there is a tab. */
type Typed = readonly (readonly [line: string, called: readonly string[]])[];

const LINES: Typed = [
  ['ins\t3f00\t', ['inspect', '3f0000000000']],
  ['list --user al\t', ['list', '--user', 'alice']],
  ['list --user bo\t', ['list', '--user', 'bob@example.org']],
  ['list --user Car\t', ['list', '--user', `Carol O'Neil "C"`]],
  ['list --user "Car\t', ['list', '--user', `Carol O'Neil "C"`]],
  ["list --user 'Car\t", ['list', '--user', `Carol O'Neil "C"`]],
  ['list --user \\$\t', ['list', '--user', '$(reboot)']],
  ["list --user '$(\t", ['list', '--user', '$(reboot)']],
  ['list --user \\`\t', ['list', '--user', '`reboot`']],
  ['list --user=x\t', ['list', '--user=x;reboot']],
  ['list --user a:\t', ['list', '--user', 'a:b']],
  ['list --user %\t', ['list', '--user', '%F{red}dan']],
  ['list --user Zo\t', ['list', '--user', 'Zoë 🦊']],
  ['list --fields id,ki\t', ['list', '--fields', 'id,kind']],
  ['list --config=si\t', ['list', '--config=site.json']],
  ['list --store st\t', ['list', '--store', expect.stringMatching(/^store\/?$/)]],
  ['list --store file:st\t', ['list', '--store', expect.stringMatching(/^file:store\/?$/)]],
];

/** Types the lines in a shell on a terminal, and gives how the program was called for each. */
async function called(shell: string, argv: string, first: string, lines: Typed): Promise<string[][]> {
  const env = {
    HOME: home,
    ZDOTDIR: home,
    PATH: `${join(home, 'bin')}:${process.env.PATH}`,
    TERM: 'xterm',
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    HISTFILE: '',
  };
  const child = spawn('script', ['-qec', `${shell} ${argv}`, '/dev/null'], {
    cwd: home,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.write([first, ...lines.map(([line]) => `moin-sessions ${line}`), 'exit', ''].join('\n'));
  const { out } = await resultOf(child);
  const file = join(home, 'called');
  expect(existsSync(file), out).toBe(true);
  const calls = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return calls.map((call) => call.split('\0').slice(0, -1));
}

const expected = (lines: Typed) => lines.map(([, words]) => words);
const wasRebooted = () => existsSync(join(home, 'rebooted'));

const sourcing = () => `source ${script('bash')}`;

function found(): string {
  const folder = join(home, '.local/share/bash-completion/completions');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'moin-sessions'), readFileSync(script('bash')));
  return `source ${BASH_COMPLETION}`;
}

describe('spec 7: completion in the real shells, by the Tab key', { timeout: 300_000 }, () => {
  it.for([
    ['without bash-completion', sourcing],
    ['with bash-completion, which finds it in its folder', found],
  ] as const)('bash, %s', async ([how, first], context) => {
    need(context, missing('bash') ?? missing('script'));
    const isThere = how.startsWith('without') || existsSync(BASH_COMPLETION);
    need(context, isThere ? null : 'bash-completion is not there');
    const calls = await called('bash', '--norc --noprofile -i', first(), LINES);
    expect(calls).toEqual(expected(LINES));
    expect(wasRebooted()).toBe(false);
  });

  it('bash: what was typed is not run by the Tab key, and what nothing begins stays as it is', async (context) => {
    need(context, missing('bash') ?? missing('script'));
    const lines: Typed = [['list --user nobody\t', ['list', '--user', 'nobody']]];
    // Ctrl-U takes the line back before it is run.
    const typed = 'moin-sessions list --user "x$(reboot)\t\u0015moin-sessions list --user `reboot` a\t\u0015';
    const first = `source ${script('bash')}\n${typed}`;
    expect(await called('bash', '--norc --noprofile -i', first, lines)).toEqual(expected(lines));
    expect(wasRebooted()).toBe(false);
  });

  it('zsh', async (context) => {
    need(context, missing('zsh') ?? missing('script'));
    writeFileSync(join(home, '.zshrc'), `autoload -U compinit; compinit -D -u; source ${script('zsh')}\n`);
    expect(await called('zsh', '-i', 'true', LINES)).toEqual(expected(LINES));
    expect(wasRebooted()).toBe(false);
  });

  it('zsh finds it in fpath as a file of its own', async (context) => {
    need(context, missing('zsh') ?? missing('script'));
    mkdirSync(join(home, 'functions'));
    writeFileSync(join(home, 'functions/_moin-sessions'), readFileSync(script('zsh')));
    writeFileSync(
      join(home, '.zshrc'),
      `fpath=(${home}/functions $fpath); autoload -U compinit; compinit -D -u\n`,
    );
    const lines = LINES.slice(0, 2);
    expect(await called('zsh', '-i', 'true', lines)).toEqual(expected(lines));
  });

  it('fish', (context) => {
    need(context, missing('fish'));
    const folder = join(home, '.config/fish/completions');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'moin-sessions.fish'), readFileSync(script('fish')));
    const candidates = (line: string) => {
      const { stdout } = spawnSync('fish', ['-c', 'complete -C $argv[1]', `moin-sessions ${line}`], {
        cwd: home,
        encoding: 'utf8',
        env: {
          HOME: home,
          PATH: `${join(home, 'bin')}:${process.env.PATH}`,
          LANG: 'C.UTF-8',
          LC_ALL: 'C.UTF-8',
        },
      });
      return stdout
        .split('\n')
        .slice(0, -1)
        .map((text) => text.split('\t')[0]);
    };
    expect(candidates('ins')).toEqual(['inspect']);
    expect(candidates('inspect 3f00')).toEqual(['3f0000000000']);
    expect(candidates('list --user ').sort()).toEqual([...NAMES].sort());
    expect(candidates('list --user "Car')).toEqual([`Carol O'Neil "C"`]);
    expect(candidates("list --user '$(")).toEqual(['$(reboot)']);
    expect(candidates('list --user=x')).toEqual(['--user=x;reboot']);
    expect(candidates('list --fields id,ki')).toEqual(['id,kind']);
    expect(candidates('list --config=si')).toEqual(['--config=site.json']);
    expect(candidates('list --store file:st')).toEqual(['file:store/']);
    expect(wasRebooted()).toBe(false);
  });
});
