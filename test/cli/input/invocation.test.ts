import { Command } from 'commander';
import { expect, it } from 'vitest';
import { keepInvocation } from '../../../src/cli/input/invocation.js';
import { gather } from '../../../src/cli/input/parse.js';

it('the audit log gets command and flags; no argument, and of a field its name alone', async () => {
  const program = new Command('moin-sessions');
  program
    .command('users')
    .command('add')
    .argument('<name>')
    .option('--field <name=text>', 'a field', gather)
    .option('--reason <text>')
    .option('--quiet')
    .action(() => {});
  const invocation = { command: '' };
  keepInvocation(program, { invocation });
  const argv = ['users', 'add', 'alice', '--field', 'apiKey=top=secret', '--reason', "it's so", '--quiet'];
  await program.parseAsync(argv, { from: 'user' });
  expect(invocation.command).toBe("users add --field apiKey --reason 'it'\\''s so' --quiet");
});
