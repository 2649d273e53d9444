import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import { makeSampleSite } from '../../src/cli/commands/demo/sample-site.js';
import { need } from '../aid/need.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = readFileSync(join(PROJECT, 'docs/operations.md'), 'utf8');
/** The snippets that name a file. */
const snippets = new Map(
  [...PAGE.matchAll(/^```\w+ file=(\S+)\n([\s\S]*?)^```$/gm)].map(([, name, text]) => [
    String(name),
    String(text),
  ]),
);
const PROGRAM = join(inject('built'), 'bin/moin-sessions.js');
const isThere = (program: string) =>
  spawnSync(program, ['--version'], { env: { PATH: `${process.env.PATH}:/usr/sbin` } }).status === 0;

/** A site with sessions of years, as an application has it in /srv/app. */
let site: string;
beforeEach(async () => {
  // Beside the package: a configuration that is only found is not taken from the temporary folder.
  site = mkdtempSync(join(inject('built'), 'operations-'));
  onTestFinished(() => rmSync(site, { recursive: true, force: true }));
  await makeSampleSite(site, Date.now());
  mkdirSync(join(site, 'node_modules/.bin'), { recursive: true });
  symlinkSync(inject('built'), join(site, 'node_modules/moin-sessions'));
  symlinkSync(PROGRAM, join(site, 'node_modules/.bin/moin-sessions'));
});

/** The text of a snippet, for this site. */
function snippet(name: string): string {
  const text = snippets.get(name);
  if (text === undefined) throw new Error(`docs/operations.md has no ${name}`);
  return text
    .replaceAll('/srv/app', site)
    .replaceAll('/var/log/moin-sessions', site)
    .replaceAll('/etc/systemd/system', site)
    .replaceAll('/usr/bin/node', process.execPath)
    .replaceAll('www-data', 'root');
}

/** Runs it as cron does, and with less: no home, no variable but the path to Node, for `#!/usr/bin/env node`. */
function bare(command: string) {
  const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;
  const { status, stdout, stderr } = spawnSync(
    '/usr/bin/env',
    ['-i', `PATH=${PATH}`, '/bin/sh', '-c', command],
    {
      cwd: '/',
      encoding: 'utf8',
    },
  );
  return { status, stdout, stderr };
}

const expired = () => {
  const { stdout } = bare(`cd '${site}' && node_modules/.bin/moin-sessions list --expired --format count`);
  return Number(stdout);
};

describe('docs/operations.md, Scripts: in an empty environment', () => {
  it('the line of the crontab purges, and says nothing that cron would mail', () => {
    expect(expired()).toBeGreaterThan(0);
    const [, user, command = ''] =
      /^17 \* \* \* \* +(\S+) +(.*)\n$/.exec(snippet('/etc/cron.d/moin-sessions')) ?? [];
    expect(user).toBe('root');
    expect(bare(command)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(expired()).toBe(0);
  });

  it('the line in README does, too', () => {
    const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
    const [, command = ''] = /^17 \* \* \* \* +www-data +(.*)$/m.exec(readme) ?? [];
    expect(bare(command.replace('/srv/app', site))).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(expired()).toBe(0);
  });

  it('the units that purge --print-systemd makes: their command purges, and systemd finds nothing wrong', (context) => {
    expect(bare(snippet('install-timer.sh'))).toEqual({ status: 0, stdout: '', stderr: '' });
    const units = ['service', 'timer'].map((kind) => join(site, `moin-sessions-purge.${kind}`));
    const [service = '', timer = ''] = units.map((path) => readFileSync(path, 'utf8'));
    expect(timer).toContain('OnCalendar=hourly');
    expect(service).toContain(`ReadWritePaths=${join(site, 'store')}`);
    const [, command = ''] = /^ExecStart=(.*)$/m.exec(service) ?? [];
    expect(bare(command)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(expired()).toBe(0);
    need(context, isThere('systemd-analyze') ? null : 'systemd-analyze is not there');
    const verified = spawnSync('systemd-analyze', ['verify', ...units], { encoding: 'utf8' });
    expect({ status: verified.status, stderr: verified.stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('both units at once name their files, and change nothing', () => {
    const { stdout } = bare(`cd '${site}' && node_modules/.bin/moin-sessions purge --print-systemd`);
    expect(stdout.match(/^# \/etc\/systemd\/system\/.*$/gm)).toEqual([
      '# /etc/systemd/system/moin-sessions-purge.service',
      '# /etc/systemd/system/moin-sessions-purge.timer',
    ]);
    expect(expired()).toBeGreaterThan(0);
  });

  it('logrotate rotates the audit log; the next entry goes to the new file, and log reads both', (context) => {
    need(context, isThere('logrotate') ? null : 'logrotate is not there');
    const config = join(site, 'logrotate.conf');
    writeFileSync(config, snippet('/etc/logrotate.d/moin-sessions'), { mode: 0o644 });
    const count = () =>
      Number(bare(`cd '${site}' && node_modules/.bin/moin-sessions log --format count`).stdout);
    const before = count();
    for (let rotation = 0; rotation < 3; rotation++) {
      const rotated = spawnSync('/usr/sbin/logrotate', ['--force', '--state', join(site, 'state'), config], {
        encoding: 'utf8',
      });
      expect({ status: rotated.status, stderr: rotated.stderr }).toEqual({ status: 0, stderr: '' });
      bare(`cd '${site}' && node_modules/.bin/moin-sessions users set AdminUser rotation ${rotation}`);
    }
    expect(
      readdirSync(site)
        .filter((name) => name.startsWith('audit.log'))
        .sort(),
    ).toEqual(['audit.log', 'audit.log.1', 'audit.log.2.gz', 'audit.log.3.gz']);
    expect(count()).toBe(before + 3);
  });

  it('the checks are fine, and say so', () => {
    const purge = bare(snippet('check-expired.sh'));
    expect(purge).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^OK: \d+ expired sessions \| expired=\d+\n$/),
      stderr: '',
    });
    const logins = bare(snippet('check-logins.sh'));
    expect(logins).toEqual({ status: 0, stdout: 'OK: 0 failed logins | failed=0\n', stderr: '' });
  });

  it('the checks warn above their limits, and are unknown where there is no site', () => {
    expect(bare(snippet('check-expired.sh').replaceAll('10000', '3')).status).toBe(1);
    expect(bare(snippet('check-logins.sh').replaceAll('10m', '1d').replaceAll('100', '1')).status).toBe(2);
    rmSync(join(site, 'moin-sessions.config.json'));
    rmSync(join(site, 'store'), { recursive: true });
    expect(bare(snippet('check-expired.sh')).status).toBe(3);
    expect(bare(snippet('check-logins.sh')).status).toBe(3);
  });

  it('the command of the CronJob purges in its folder', () => {
    const [, command = ''] = /^ +command: (\[.*\])$/m.exec(snippet('cronjob.yaml')) ?? [];
    const [, folder] = /^ +workingDir: (.*)$/m.exec(snippet('cronjob.yaml')) ?? [];
    const words = (JSON.parse(command) as string[]).map((word) => `'${word}'`).join(' ');
    expect(bare(`cd '${folder}' && ${words}`)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(expired()).toBe(0);
  });
});

it('docs/operations.md shows what log prints', () => {
  const [, args = '', shown] = /^\$ moin-sessions (log .*)\n([\s\S]*?)^```$/m.exec(PAGE) ?? [];
  const config = join(PROJECT, 'sample-data/moin-sessions.config.json');
  const { stdout } = spawnSync(process.execPath, [PROGRAM, '--config', config, ...args.split(' ')], {
    encoding: 'utf8',
  });
  expect(shown).toBe(stdout);
});
