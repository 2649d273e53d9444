import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { need } from '../../aid/need.js';

const bin = () => join(inject('built'), 'bin/moin-sessions.js');

/** Runs a program on a terminal and types `text` as soon as the output has `prompt`. */
function typedAt(prompt: string, text: string, ...argv: string[]): Promise<string> {
  const command = [process.execPath, bin(), ...argv].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let shown = '';
  let isTyped = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    shown += chunk;
    if (isTyped || !shown.includes(prompt)) return;
    isTyped = true;
    child.stdin.write(text);
  });
  return new Promise((resolve) => child.once('close', () => resolve(shown)));
}

it.for<string[]>([[], ['--password-stdin']])(
  'spec 7: a password that is typed the moment the prompt appears is not shown, with flags %j',
  async (flags: string[], context) => {
    need(
      context,
      spawnSync('script', ['--version']).status === 0 ? null : 'script (util-linux) is not there',
    );
    const login = ['--login', '--name', 'alice', ...flags];
    const config = join(import.meta.dirname, '../../../sample-data/moin-sessions.config.json');
    for (let round = 0; round < 3; round++) {
      const shown = await typedAt('assword', 'secretpw\r', '--config', config, 'simulate', ...login);
      expect(shown).toContain('nobody is logged in');
      expect(shown).not.toContain('secretpw');
    }
  },
);
