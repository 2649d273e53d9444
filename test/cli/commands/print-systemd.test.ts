import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { FileStore } from '../../../src/store/file/store.js';
import { cli, type World } from '../../aid/cli/fake-context.js';
import { temporaryFolder } from '../../aid/folder.js';

let cwd: string;
beforeEach(() => {
  cwd = temporaryFolder();
  writeFileSync(join(cwd, 'moin-sessions.config.json'), '{"store": "configured"}');
});

/** The lines of the service that begin so. */
async function service(beginning: string, folder: string, world: World = {}, ...argv: string[]) {
  mkdirSync(join(cwd, folder), { mode: 0o700 });
  const store = new FileStore(join(cwd, folder));
  const { code, out, err } = await cli({ store, cwd, ...world }, ...argv, 'purge', '--print-systemd=service');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out.split('\n').filter((line) => line.startsWith(beginning));
}

describe('purge --print-systemd purges the store that it was asked for', () => {
  it('of the configuration, which the unit names', async () => {
    const [command] = await service('ExecStart=', 'configured');
    expect(command).toContain(`--config ${cwd}/moin-sessions.config.json purge --expired`);
  });

  it('of MOIN_SESSIONS_STORE, which a unit does not get from this shell', async () => {
    const [command] = await service('ExecStart=', 'other', { env: { MOIN_SESSIONS_STORE: 'other' } });
    expect(command).toContain(`--store file:${cwd}/other purge --expired`);
  });

  it('of --store', async () => {
    const argv = ['--store', 'other', '--config', 'moin-sessions.config.json'];
    const [command] = await service('ExecStart=', 'other', {}, ...argv);
    expect(command).toContain(`--store file:${cwd}/other purge --expired`);
  });

  it('writes $ twice where systemd expands variables, and only there', async () => {
    const world = { env: { MOIN_SESSIONS_STORE: 'a $b' } };
    expect(await service('ReadWritePaths=', 'a $b', world)).toEqual([`ReadWritePaths="${cwd}/a $b"`]);
    cwd = temporaryFolder();
    const [command] = await service('ExecStart=', 'a $b', world);
    expect(command).toContain(`--store "file:${cwd}/a $$b"`);
  });

  it.each([
    ['json', '{"store": "configured", "audit": "logs/audit.log"}'],
    ['mjs', "export default {store: 'configured', audit: new URL('logs/audit.log', import.meta.url)}"],
  ])('lets the purge write the folder of the audit log, which rotation needs: %s', async (type, text) => {
    const name = `audited.config.${type}`;
    mkdirSync(join(cwd, 'logs'));
    writeFileSync(join(cwd, name), text);
    expect(await service('ReadWritePaths=', 'configured', {}, '--config', name)).toEqual([
      `ReadWritePaths=${cwd}/configured`,
      `ReadWritePaths=${cwd}/logs`,
    ]);
  });

  it('names a folder once that holds the store and the log', async () => {
    const config = join(cwd, 'moin-sessions.config.json');
    writeFileSync(config, '{"store": "configured", "audit": "configured/audit.log"}');
    expect(await service('ReadWritePaths=', 'configured')).toHaveLength(1);
  });
});
