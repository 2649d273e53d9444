import type { Command } from 'commander';
import type { CliContext } from '../../context.js';
import { addExamples } from '../../help/texts.js';
import { defineAdd } from './add.js';
import { defineDisable, defineEnable } from './disable.js';
import { defineList } from './list.js';
import { definePasswd } from './passwd.js';

/** The one list of the subcommands, as the help shows them. */
const SUBCOMMANDS = [
  { name: 'list', description: 'show the users', define: defineList },
  { name: 'add', description: 'add a user', define: defineAdd },
  { name: 'passwd', description: 'set a new password', define: definePasswd },
  {
    name: 'disable',
    description: 'refuse the logins and open sessions of a user',
    define: defineDisable,
  },
  { name: 'enable', description: 'let a disabled user log in again', define: defineEnable },
];

const EXAMPLES = `
moin-sessions users list
moin-sessions users add alice  # asks for the password
moin-sessions users passwd alice --password-stdin < secret.txt
moin-sessions users disable alice
`;

export function defineUsers(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  for (const { name, description, define } of SUBCOMMANDS)
    define(command.command(name).description(description), context);
}
