import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, inject, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
const [, section = ''] = /^### Why is this cookie refused\?\n([\s\S]*?)(?=^##)/m.exec(page) ?? [];
const excerpts = [...section.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, text]) => String(text));

test('the section shows what commands print', () => expect(excerpts).toHaveLength(3));

test.each(excerpts)('%.60s… is what the commands print', (excerpt) => {
  const program = `'${process.execPath}' '${join(inject('built'), 'bin/moin-sessions.js')}'`;
  const env = {
    ...process.env,
    COLUMNS: '80',
    MOIN_SESSIONS_CONFIG: 'sample-data/moin-sessions.config.json',
  };
  const commands = [...excerpt.matchAll(/^\$ (.*)$/gm)].map(([, command]) => String(command));
  const printed = commands.map((command) => {
    const run = command.replace('moin-sessions', program);
    return `$ ${command}\n${spawnSync('bash', ['-c', run], { cwd: ROOT, env, encoding: 'utf8' }).stdout}`;
  });
  expect(printed.join('')).toBe(excerpt);
});
