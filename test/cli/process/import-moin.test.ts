import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, inject, it } from 'vitest';
import { resultOf } from '../../aid/cli/run.js';
import { temporaryFolder } from '../../aid/folder.js';
import { wikiOf } from '../../aid/moin-users.js';

const COUNT = 80;

/** A wiki, and a site whose hashes take some 40 ms, so that the import takes a while. */
function makeSite(): { cwd: string; path: string; argv: string[] } {
  const cwd = temporaryFolder();
  const path = join(cwd, 'users.json');
  const config = join(cwd, 'config.mjs');
  const library = pathToFileURL(join(inject('built'), 'dist/index.js'));
  writeFileSync(
    config,
    `import { FileUserDirectory } from ${JSON.stringify(library)};
     const users = new FileUserDirectory(${JSON.stringify(path)}, { scrypt: { cost: 2 ** 14 } });
     export default { users, store: 'memory:', audit: 'audit.log' };`,
  );
  const wiki = wikiOf(
    Array.from({ length: COUNT }, (_, index) => ({
      id: `${index + 1}.5.1`,
      name: `n${index}`,
      password: 'pw',
      enc_password: '{SHA}GpHWL3ymc5liWkNopqtdSjuqYHM=',
    })),
  );
  const program = join(inject('built'), 'bin/moin-sessions.js');
  return { cwd, path, argv: [program, '--config', config, 'users', 'import-moin', wiki] };
}

function idsIn(path: string): string[] {
  return JSON.parse(readFileSync(path, 'utf8')).users.map(({ id }: { id: string }) => id);
}

it.each(['SIGKILL', 'SIGINT'] as const)(
  'spec 8: after %s in the middle the user file is whole, and the same command goes on',
  async (signal) => {
    const { cwd, path, argv } = makeSite();
    const child = spawn(process.execPath, argv, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'exit');
    const result = resultOf(child);
    while (!existsSync(path)) await new Promise(setImmediate);
    child.kill(signal);
    await ended;
    const before = idsIn(path);
    expect(before.length).toBeGreaterThan(0);
    expect(before.length).toBeLessThan(COUNT);
    if (signal === 'SIGINT') {
      const { code, err } = await result;
      expect(code).toBe(130);
      expect(err).toMatch(
        /Interrupted: imported at least \d+ of 80 users, .*: the same command with --yes goes on\n$/,
      );
    }
    const again = await resultOf(spawn(process.execPath, [...argv, '--json'], { cwd }));
    expect(again.code).toBe(0);
    const results: { id: string; result: string }[] = JSON.parse(again.out);
    expect(results.filter(({ result }) => result === 'already-here').map(({ id }) => id)).toEqual(before);
    expect(idsIn(path)).toHaveLength(COUNT);
    expect(new Set(idsIn(path)).size).toBe(COUNT);
    // What a killed writer left behind harms nothing; no write goes on beside it.
    expect(
      readdirSync(cwd)
        .filter((name) => name.startsWith('users.json'))
        .sort(),
    ).toEqual(['users.json', 'users.json.lock']);
  },
  60_000,
);
