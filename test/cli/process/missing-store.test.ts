import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { temporaryFolder } from '../../aid/folder.js';

const OF_MACHINE = ['disk-almost-full', 'few-inodes', 'network-file-system', 'node-end-of-life'];

let cwd: string;
beforeEach(() => {
  cwd = temporaryFolder();
  const config = { store: 'file:sessions', secrets: 'x'.repeat(32) };
  writeFileSync(join(cwd, 'site.json'), JSON.stringify(config));
});

function run(...argv: string[]) {
  const program = join(inject('built'), 'bin/moin-sessions.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...argv], {
    cwd,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

describe('a configured store that is not there yet', () => {
  const SENTENCE =
    /^moin-sessions: there is no store at .+\/sessions yet: a server makes it with its first session/;

  it('spec 7: the first purge of cron finds nothing to do, makes no folder, and says that there is none', () => {
    const { code, out, err } = run('--config', 'site.json', 'purge', '--expired');
    expect({ code, out }).toEqual({ code: 0, out: 'Nothing to do: no session matches.\n' });
    expect(err).toMatch(SENTENCE);
    expect(run('--config', 'site.json', 'purge', '--expired', '-q')).toEqual({ code: 0, out: '', err: '' });
    expect(readdirSync(cwd)).toEqual(['site.json']);
  });

  it.each([
    ['expire', '--user-id', '17', '--yes'],
    ['expire', '--all', '--yes'],
    ['purge', '--all', '--yes'],
    ['list'],
  ])('%s %s: nobody is told that all is done: exit 1', (...argv) => {
    const { code, err } = run('--config', 'site.json', ...argv);
    expect(code).toBe(1);
    expect(err).toMatch(/there is no store at .+\/sessions/);
  });

  it('check: a warning, and the configuration is checked all the same', () => {
    const { code, out } = run('--config', 'site.json', 'check', '--json');
    const rows: { code: string }[] = JSON.parse(out);
    const codes = rows.map((row) => row.code).filter((one) => !OF_MACHINE.includes(one));
    expect(code).toBe(4);
    expect(codes).toEqual(expect.arrayContaining(['no-store-yet', 'secret-guessable']));
    expect(readdirSync(cwd)).toEqual(['site.json']);
    mkdirSync(join(cwd, 'sessions'));
    expect(run('--config', 'site.json', 'check', '--json').out).not.toContain('no-store-yet');
  });

  it.each([
    ['a named store', ['--store', 'file:other']],
    ['no configuration', []],
  ])('%s: purge --expired is an error, for the path is wrong', (_what, flags) => {
    const { code, err } = run(...flags, 'purge', '--expired');
    expect(code).toBe(1);
    expect(err).toMatch(/there is no store/);
    expect(readdirSync(cwd)).toEqual(['site.json']);
  });
});
