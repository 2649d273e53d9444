import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { MoinSessionsError, UsageError } from '../../../base/errors.js';
import { storeFault } from '../../../disk/fault.js';
import { assertNoForeignLink } from '../../../disk/root-links.js';
import type { CliContext } from '../../context.js';
import { addExamples, addNotes } from '../../help/texts.js';
import type { SiteOptions } from '../../input/flags.js';
import { quoted } from '../../input/invocation.js';
import type { OutputOptions } from '../../output/output-options.js';
import { RowOutput } from '../../output/row-output.js';
import { sanitize } from '../../output/sanitize.js';
import type { View } from '../../output/view.js';
import { makeSampleSite } from './sample-site.js';

interface DemoOptions extends SiteOptions, OutputOptions {
  dir?: string;
}

/** What the command made. */
interface Demo {
  folder: string;
  /** Command lines to try. */
  commands: string[];
}

const view: View<Demo> = {
  columns: [
    { name: 'folder', value: ({ folder }) => folder },
    { name: 'commands', value: ({ commands }) => commands },
  ],
  forPeople: ['folder', 'commands'],
  idOf: ({ folder }) => folder,
};

const EXAMPLES = `
moin-sessions demo  # in a new temporary folder
moin-sessions demo --dir ~/moin-demo
`;

const NOTES = `
Makes the sessions of a small wiki, as if they were of the last hours, with
users, cookies, an audit log and a configuration. It needs nothing, and changes
nothing else. Its secrets and passwords are public.`;

export function defineDemo(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(command, NOTES);
  command
    .option('--dir <folder>', 'a new or empty folder (default: a new one in the temporary folder)')
    .action((_options, self: Command) => run(context, self.optsWithGlobals()));
}

async function run(context: CliContext, options: DemoOptions): Promise<void> {
  for (const flag of ['config', 'store', 'at'] as const)
    if (options[flag] !== undefined)
      throw new UsageError(`--${flag} has no meaning here: demo makes a site of its own, for now`);
  const output = new RowOutput(context, options, view);
  const folder = madeFolder(context, options.dir);
  try {
    await makeSampleSite(folder, context.clock());
  } catch (error) {
    throw storeFault(error, `cannot make the demo in ${folder}`);
  }
  if (output.format === 'table' && !output.hasFields) await output.write(sentences(context, folder));
  else await output.writeSingle({ folder, commands: wholeCommands(context, folder) });
}

/** A folder for this user alone. @throws MoinSessionsError when `named` is not empty or cannot be made */
function madeFolder({ cwd }: CliContext, named: string | undefined): string {
  try {
    if (named === undefined) return mkdtempSync(join(tmpdir(), 'moin-sessions-demo-'));
    const folder = resolve(cwd, named);
    assertNoForeignLink(folder);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (readdirSync(folder).length === 0) return folder;
    throw new MoinSessionsError(`${folder} is not empty: name a new folder with --dir`);
  } catch (error) {
    throw storeFault(error, `cannot make the folder ${named ?? 'of the demo'}`, {
      ENOTDIR: 'a part of the path is a file: name another one with --dir',
      EEXIST: 'it is a file: name a folder with --dir',
      ENOENT: 'the temporary folder does not exist: name a folder with --dir',
      EACCES: 'permission denied: name another folder with --dir',
    });
  }
}

/** As it is typed here: npx leaves no program in the path. */
function programIn({ env }: CliContext): string {
  return env.npm_command === 'exec' ? 'npx moin-sessions' : 'moin-sessions';
}

function configurationIn(folder: string): string {
  return quoted(join(folder, 'moin-sessions.config.json'));
}

/** What to try, and what it answers. */
function trials(folder: string): [question: string, argv: string][] {
  const cookie = quoted(join(folder, 'cookies/ended-by-administrator.txt'));
  return [
    ['Who is there?', 'list'],
    ['Who did what?', 'log --since 1d'],
    ['Why does this cookie log nobody in?', `simulate --cookie-file ${cookie}`],
  ];
}

/** For programs: each line stands alone. */
function wholeCommands(context: CliContext, folder: string): string[] {
  const site = `${programIn(context)} --config ${configurationIn(folder)}`;
  return trials(folder).map(([, argv]) => `${site} ${argv}`);
}

/** For people: the configuration is named once, which keeps the lines short. */
function sentences(context: CliContext, folder: string): string {
  const lines = [
    `Made a sample wiki in ${folder}`,
    '',
    'Name it once:',
    `  export MOIN_SESSIONS_CONFIG=${configurationIn(folder)}`,
    '',
    ...trials(folder).flatMap(([question, argv]) => [question, `  ${programIn(context)} ${argv}`, '']),
    `To remove it: rm -r ${quoted(folder)}`,
  ];
  return lines.map((line) => `${sanitize(line)}\n`).join('');
}
