import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { CliContext } from './context.js';
import { addExamples } from './help/texts.js';
import { addSiteOptions, refuseRepeats } from './input/flags.js';
import { keepInvocation } from './input/invocation.js';
import { throwStops } from './input/parse-stop.js';
import { addOutputOptions } from './output/output-options.js';

/** Adds flags, help and action to a command that has only its name. */
type Define = (command: Command, context: CliContext) => void;

interface CommandEntry {
  name: string;
  /** The heading in the help of the program. Commands of one group stand together. */
  group: 'Look' | 'Explain' | 'Act' | 'Move' | 'More';
  summary: string;
  /** Called only when the command line names the command: the others cost no loading time. */
  load: () => Promise<Define>;
}

/** The one list of commands, as the help shows them. */
const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'list',
    group: 'Look',
    summary: 'show sessions',
    load: async () => (await import('./commands/list.js')).defineList,
  },
  {
    name: 'inspect',
    group: 'Look',
    summary: 'show everything about a session, including its data',
    load: async () => (await import('./commands/inspect.js')).defineInspect,
  },
  {
    name: 'stats',
    group: 'Look',
    summary: 'count sessions: by state and kind, sizes, users, times',
    load: async () => (await import('./commands/stats.js')).defineStats,
  },
  {
    name: 'log',
    group: 'Look',
    summary: 'show the audit log: who logged in, and who changed what',
    load: async () => (await import('./commands/log/log.js')).defineLog,
  },
  {
    name: 'simulate',
    group: 'Explain',
    summary: 'run the auth chain on given cookies, and explain each step',
    load: async () => (await import('./commands/simulate/simulate.js')).defineSimulate,
  },
  {
    name: 'whoami',
    group: 'Explain',
    summary: 'who a cookie logs in, or why nobody: one line',
    load: async () => (await import('./commands/whoami.js')).defineWhoami,
  },
  {
    name: 'check',
    group: 'Explain',
    summary: 'look for what is wrong in configuration and store',
    load: async () => (await import('./commands/check.js')).defineCheck,
  },
  {
    name: 'config',
    group: 'Explain',
    summary: 'the settings in force, and what is wrong with them',
    load: async () => (await import('./commands/config/config.js')).defineConfig,
  },
  {
    name: 'expire',
    group: 'Act',
    summary: 'end sessions now; their records stay for the purge',
    load: async () => (await import('./commands/expire.js')).defineExpire,
  },
  {
    name: 'purge',
    group: 'Act',
    summary: 'remove records of sessions',
    load: async () => (await import('./commands/purge.js')).definePurge,
  },
  {
    name: 'users',
    group: 'Act',
    summary: 'the embedded user directory',
    load: async () => (await import('./commands/users/users.js')).defineUsers,
  },
  {
    name: 'set',
    group: 'Act',
    summary: 'set a value of a session',
    load: async () => (await import('./commands/set.js')).defineSet,
  },
  {
    name: 'unset',
    group: 'Act',
    summary: 'remove a value of a session',
    load: async () => (await import('./commands/unset.js')).defineUnset,
  },
  {
    name: 'secret',
    group: 'Act',
    summary: 'make and rotate the secret that signs cookies',
    load: async () => (await import('./commands/secret/secret.js')).defineSecret,
  },
  {
    name: 'copy',
    group: 'Move',
    summary: 'copy sessions to another store',
    load: async () => (await import('./commands/copy.js')).defineCopy,
  },
  {
    name: 'export',
    group: 'Move',
    summary: 'write sessions to a file, as NDJSON',
    load: async () => (await import('./commands/export.js')).defineExport,
  },
  {
    name: 'import',
    group: 'Move',
    summary: 'read sessions from such a file',
    load: async () => (await import('./commands/import.js')).defineImport,
  },
  {
    name: 'completion',
    group: 'More',
    summary: 'print a script that completes command lines in bash, zsh or fish',
    load: async () => (await import('./commands/completion.js')).defineCompletion,
  },
  {
    name: 'demo',
    group: 'More',
    summary: 'make a small site to try the commands on',
    load: async () => (await import('./commands/demo/demo.js')).defineDemo,
  },
  {
    name: 'help',
    group: 'More',
    summary: 'explain a command or a topic',
    load: async () => (await import('./commands/help.js')).defineHelp,
  },
];

/** The names of all commands. */
export const COMMAND_NAMES: readonly string[] = COMMANDS.map(({ name }) => name);

const EXAMPLES = `
moin-sessions list --logged-in --active  # who is logged in?
moin-sessions expire --user alice        # throw alice out, everywhere
moin-sessions simulate --cookie -        # why is this cookie refused? (paste it)
moin-sessions inspect 9c41               # what is in this session?
moin-sessions purge --expired            # what cron does
`;

/** Collects the text that commander writes for `--version`. */
export interface VersionOutput {
  text: string;
}

/**
 * Builds the program for one command line: the names of all commands, and the flags of the commands in `argv`. With
 * `COMMAND_NAMES` for `argv` it is the whole tree. The help of a command is written by `help/help-text`.
 */
export async function buildProgram(
  argv: readonly string[],
  context: CliContext,
  output: VersionOutput = { text: '' },
): Promise<Command> {
  const program = addOutputOptions(addSiteOptions(new Command('moin-sessions')))
    .option('--debug', 'show the stack of an error')
    .description('Shows the sessions in your store, and ends or removes them.')
    .usage('[options] COMMAND')
    .version(version(), '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show help; after a command, the help of that command')
    .showSuggestionAfterError(false)
    .configureHelp({ formatHelp: () => '' })
    .configureOutput({
      writeOut: (text) => {
        output.text += text;
      },
      writeErr: () => {},
    });
  addExamples(program, EXAMPLES);
  for (const { name, group, summary, load } of COMMANDS) {
    const command = program.command(name).summary(summary).description(summary).helpGroup(group);
    if (argv.includes(name)) (await load())(command, context);
  }
  refuseRepeats(program);
  throwStops(program);
  keepInvocation(program, context);
  return program;
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
