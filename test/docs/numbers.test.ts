import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
const [, section = ''] = /^### Numbers\n([\s\S]*?)(?=^##|(?![\s\S]))/m.exec(page) ?? [];
const snippets = [...section.matchAll(/^```console\n\$ moin-sessions (.*)\n([\s\S]*?)^```$/gm)];

it('operations.md, "Numbers": there are snippets', () => {
  expect(snippets.length).toBeGreaterThanOrEqual(3);
});

it.each(snippets.map(([, typed = '', shown = '']) => [typed, shown]))(
  '%s shows what the page says',
  (typed, shown) => {
    const [command = '', head] = typed.split(' | head -');
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [join(inject('built'), 'bin/moin-sessions.js'), ...command.split(' ')],
      {
        cwd: ROOT,
        env: {
          ...process.env,
          MOIN_SESSIONS_CONFIG: 'sample-data/moin-sessions.config.json',
          COLUMNS: '72',
          LC_ALL: 'C.UTF-8',
          TERM: 'xterm',
        },
        encoding: 'utf8',
      },
    );
    const lines = stdout.split(/\r?\n/);
    expect(stderr).toBe('');
    expect(shown).toBe(
      head === undefined ? lines.join('\n') : `${lines.slice(0, Number(head)).join('\n')}\n`,
    );
  },
);
