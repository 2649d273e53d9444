import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { CliContext } from './context.js';
import { addSiteOptions, refuseRepeats } from './input/flags.js';
import { addOutputOptions } from './output/output-options.js';

/** Adds flags, help and action to a command that has only its name. */
type Define = (command: Command, context: CliContext) => void;

interface CommandEntry {
  name: string;
  summary: string;
  /** Called only when the command line names the command: the others cost no loading time. */
  load: () => Promise<Define>;
}

/** The one list of commands, as the help shows them. */
const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'list',
    summary: 'show sessions',
    load: async () => (await import('./commands/list.js')).defineList,
  },
  {
    name: 'inspect',
    summary: 'show everything about a session, including its data',
    load: async () => (await import('./commands/inspect.js')).defineInspect,
  },
  {
    name: 'stats',
    summary: 'count sessions: by state and kind, sizes, users, times',
    load: async () => (await import('./commands/stats.js')).defineStats,
  },
  {
    name: 'expire',
    summary: 'end sessions now; their records stay for the purge',
    load: async () => (await import('./commands/expire.js')).defineExpire,
  },
  {
    name: 'purge',
    summary: 'remove records of sessions',
    load: async () => (await import('./commands/purge.js')).definePurge,
  },
  {
    name: 'copy',
    summary: 'copy sessions to another store',
    load: async () => (await import('./commands/copy.js')).defineCopy,
  },
  {
    name: 'export',
    summary: 'write sessions to a file, as NDJSON',
    load: async () => (await import('./commands/export.js')).defineExport,
  },
  {
    name: 'import',
    summary: 'read sessions from such a file',
    load: async () => (await import('./commands/import.js')).defineImport,
  },
  {
    name: 'simulate',
    summary: 'run the auth chain on given cookies, and explain each step',
    load: async () => (await import('./commands/simulate/simulate.js')).defineSimulate,
  },
  {
    name: 'users',
    summary: 'the embedded user directory',
    load: async () => (await import('./commands/users/users.js')).defineUsers,
  },
  {
    name: 'completion',
    summary: 'print a script that completes command lines in bash, zsh or fish',
    load: async () => (await import('./commands/completion.js')).defineCompletion,
  },
];

/** The names of all commands. */
export const COMMAND_NAMES: readonly string[] = COMMANDS.map(({ name }) => name);

const EXAMPLES = `Examples:
  moin-sessions list --logged-in --active              who is logged in?
  moin-sessions expire --user alice                    throw alice out, everywhere
  moin-sessions simulate --cookie 'MOIN_SESSION=…'     why is this cookie refused?
  moin-sessions inspect 9c41                           what is in this session?
  moin-sessions purge --expired                        what cron does
`;

/** Collects the text that commander writes for `--help` and `--version`. */
export interface HelpOutput {
  text: string;
}

/** Builds the program for one command line: the names of all commands, and the flags of the commands in `argv`. */
export async function buildProgram(
  argv: readonly string[],
  context: CliContext,
  help: HelpOutput,
): Promise<Command> {
  const program = addOutputOptions(addSiteOptions(new Command('moin-sessions')))
    .option('--debug', 'show the stack of an error')
    .addHelpText('before', EXAMPLES)
    .description('Shows the sessions in your store, and ends or removes them.')
    .usage('[options] COMMAND')
    .version(version(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => {
        help.text += text;
      },
      writeErr: () => {},
      getOutHelpWidth: () => context.columns,
    });
  for (const { name, summary, load } of COMMANDS) {
    const command = program.command(name).summary(summary).description(summary);
    if (argv.includes(name)) (await load())(command, context);
  }
  refuseRepeats(program);
  return program;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
