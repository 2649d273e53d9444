import type { Command } from 'commander';
import { ConfigurationError, NotFoundError, UsageError } from '../../base/errors.js';
import type { DirectoryUser, UserDirectory } from '../../users/directory.js';
import type { FileUserDirectory, ListedUser } from '../../users/file.js';
import { newName } from '../../users/name.js';
import type { CliContext } from '../context.js';
import {
  addWritingOptions,
  assertWritableNow,
  formatOf,
  isSilent,
  type SharedOptions,
  type WritingOptions,
} from '../input/flags.js';
import { readNewPassword } from '../input/password.js';
import { rowsOptions } from '../output/output-options.js';
import { writeRows } from '../output/rows.js';
import { sanitize } from '../output/sanitize.js';
import { userView } from '../output/users.js';
import { chooseColumns } from '../output/view.js';
import { siteUserDirectory } from '../site/site.js';

/** The part of the embedded directory that commands change. */
type UserFile = UserDirectory & Pick<FileUserDirectory, 'list' | 'add' | 'setPassword' | 'setDisabled'>;

interface PasswordOptions extends WritingOptions {
  passwordStdin?: boolean;
}

/** What is told of a user who was changed. */
const changedView = {
  ...userView,
  columns: userView.columns.filter(({ name }) => name !== 'created'),
};

const EXAMPLES = `Examples:
  moin-sessions users list
  moin-sessions users add alice                       asks for the password
  moin-sessions users passwd alice --password-stdin < secret.txt
  moin-sessions users disable alice
`;

export function defineUsers(command: Command, context: CliContext): void {
  command.addHelpText('before', EXAMPLES);
  command
    .command('list')
    .description('show the users')
    .action((_options, self: Command) => list(context, self.optsWithGlobals()));
  passwordCommand(command, 'add', 'add a user')
    .argument('<name>', 'name of the new user')
    .action((name: string, _options, self: Command) => add(context, name, self.optsWithGlobals()));
  passwordCommand(command, 'passwd', 'set a new password')
    .argument('<name>', 'name or id of the user')
    .action((name: string, _options, self: Command) => setPassword(context, name, self.optsWithGlobals()));
  switchCommand(
    command,
    context,
    'disable',
    'a disabled user cannot log in, and sessions of theirs are refused',
  );
  switchCommand(command, context, 'enable', 'let a disabled user in again');
}

function passwordCommand(command: Command, name: string, description: string): Command {
  return addWritingOptions(command.command(name).description(description)).option(
    '--password-stdin',
    'read the password from stdin',
  );
}

function switchCommand(
  command: Command,
  context: CliContext,
  name: 'enable' | 'disable',
  description: string,
): void {
  addWritingOptions(command.command(name).description(description))
    .argument('<name>', 'name or id of the user')
    .action((user: string, _options, self: Command) =>
      setDisabled(context, user, name === 'disable', self.optsWithGlobals()),
    );
}

async function list(context: CliContext, options: SharedOptions): Promise<void> {
  chooseColumns(userView, options.fields, formatOf(options) === 'table');
  const directory = await userFile(context, options);
  const show = await rowsOptions(context, options, context.clock());
  if (!isSilent(options)) await writeRows(context.out, userView, each(await directory.list()), show);
}

async function add(context: CliContext, typed: string, options: PasswordOptions): Promise<void> {
  const directory = await writable(context, options);
  const name = newName(typed);
  if ((await directory.findByName(name)) !== null)
    throw new UsageError(`there is a user '${name}' already: choose another name, or use 'users passwd'`);
  if (options.dryRun) return tell(context, options, null, `Would add ${name}.`);
  const user = await directory.add(name, await readNewPassword(context, options));
  await tell(context, options, user, `Added ${user.name} (id ${user.id}).`);
}

async function setPassword(context: CliContext, name: string, options: PasswordOptions): Promise<void> {
  const directory = await writable(context, options);
  const known = await userNamed(directory, name);
  if (options.dryRun) return tell(context, options, known, `Would set a new password for ${known.name}.`);
  const user = await directory.setPassword(known.id, await readNewPassword(context, options));
  const hint = `Sessions go on; 'moin-sessions expire --user-id ${user.id}' ends them.`;
  await tell(context, options, user, `Set a new password for ${user.name}. ${hint}`);
}

async function setDisabled(
  context: CliContext,
  name: string,
  disabled: boolean,
  options: WritingOptions,
): Promise<void> {
  const directory = await writable(context, options);
  const known = await userNamed(directory, name);
  const [verb, past] = disabled ? ['disable', 'Disabled'] : ['enable', 'Enabled'];
  if (options.dryRun) return tell(context, options, known, `Would ${verb} ${known.name}.`);
  const user = await directory.setDisabled(known.id, disabled);
  await tell(context, options, user, `${past} ${user.name}.`);
}

/** One sentence for people, the user as it is now for programs. */
async function tell(
  context: CliContext,
  options: WritingOptions,
  user: DirectoryUser | null,
  sentence: string,
): Promise<void> {
  if (isSilent(options)) return;
  if (formatOf(options) === 'table') return context.out.write(`${sanitize(sentence)}\n`);
  const rows = user === null ? [] : [user];
  const show = await rowsOptions(context, options, context.clock());
  await writeRows(context.out, changedView, each(rows as ListedUser[]), show);
}

async function writable(context: CliContext, options: WritingOptions): Promise<UserFile> {
  assertWritableNow(options);
  chooseColumns(changedView, options.fields, false);
  return userFile(context, options);
}

/** @throws ConfigurationError when there is no directory, or one of the application's own */
async function userFile(context: CliContext, options: SharedOptions): Promise<UserFile> {
  const directory = await siteUserDirectory(context, options);
  if (directory === undefined)
    throw new ConfigurationError(
      "no user directory is configured: set 'users' to a path in moin-sessions.config",
    );
  if (isUserFile(directory)) return directory;
  throw new ConfigurationError("'users' is the application's own directory: manage its users there");
}

function isUserFile(directory: UserDirectory): directory is UserFile {
  return (
    'list' in directory && 'add' in directory && 'setPassword' in directory && 'setDisabled' in directory
  );
}

async function userNamed(directory: UserFile, nameOrId: string): Promise<DirectoryUser> {
  const user = (await directory.findByName(nameOrId)) ?? (await directory.findById(nameOrId));
  if (user === null)
    throw new NotFoundError(`there is no user '${nameOrId}': see 'moin-sessions users list'`);
  return user;
}

async function* each<T>(rows: readonly T[]): AsyncGenerator<T> {
  yield* rows;
}
