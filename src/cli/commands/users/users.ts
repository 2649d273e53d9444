import type { Command } from 'commander';
import type { CliContext } from '../../context.js';
import { addExamples } from '../../help/texts.js';
import { defineAdd } from './add.js';
import { defineDelete } from './delete.js';
import { defineDisable, defineEnable } from './disable.js';
import { defineSet, defineUnset } from './fields.js';
import { defineImportMoin } from './import-moin.js';
import { defineList } from './list.js';
import { definePasswd } from './passwd.js';
import { defineRename } from './rename.js';

/** The one list of the subcommands, as the help shows them. */
const SUBCOMMANDS = [
  { name: 'list', description: 'show the users', define: defineList },
  { name: 'add', description: 'add a user', define: defineAdd },
  { name: 'passwd', description: 'set a new password, and end the sessions', define: definePasswd },
  { name: 'disable', description: 'refuse logins, and end the sessions', define: defineDisable },
  {
    name: 'enable',
    description: 'let disabled users log in again; revives no session',
    define: defineEnable,
  },
  { name: 'rename', description: 'give a user another name', define: defineRename },
  { name: 'delete', description: 'remove users, and end their sessions', define: defineDelete },
  { name: 'set', description: "set a field of the site's own, such as roles", define: defineSet },
  { name: 'unset', description: "remove a field of the site's own", define: defineUnset },
  {
    name: 'import-moin',
    description: 'take along the users of a MoinMoin wiki, with their passwords',
    define: defineImportMoin,
  },
];

const EXAMPLES = `
moin-sessions users list
moin-sessions users add alice  # asks for the password
moin-sessions users passwd alice --password-stdin --yes < secret.txt
moin-sessions users disable alice bob
moin-sessions users set alice roles '["editor"]'
`;

export function defineUsers(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  for (const { name, description, define } of SUBCOMMANDS)
    define(command.command(name).description(description), context);
}
