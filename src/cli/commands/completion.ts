import { readFileSync } from 'node:fs';
import { Argument, type Command } from 'commander';
import { UsageError } from '../../base/errors.js';
import type { CliContext } from '../context.js';
import { addExamples, addNotes } from '../help/texts.js';
import type { SiteOptions } from '../input/flags.js';
import type { OutputOptions } from '../output/output-options.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const EXAMPLES = `
source <(moin-sessions completion bash)  # for this shell alone
source <(moin-sessions completion zsh)   # the same, after compinit
moin-sessions completion fish | source
`;

const NOTES = `
Install it once:

  bash  mkdir -p ~/.local/share/bash-completion/completions
        moin-sessions completion bash \\
          > ~/.local/share/bash-completion/completions/moin-sessions
        (for the package bash-completion; without it, source the file in
        ~/.bashrc)
  zsh   moin-sessions completion zsh > FOLDER/_moin-sessions
        (FOLDER is one of $fpath, before 'compinit' runs; or source the file
        after 'compinit' in ~/.zshrc)
  fish  moin-sessions completion fish \\
          > ~/.config/fish/completions/moin-sessions.fish

The Tab key then asks the program 'moin-sessions' in the PATH. It completes
commands, flags, fields, users, and ids from their second digit on. It reads the
configuration that the command would read, by the same rules of trust. Users
come from the user directory. No store lists its users, so without a directory
that does, they are those of the sessions read in 50 ms, or of the first 1,000.`;

export function defineCompletion(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  addNotes(command, NOTES);
  command
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .action((shell: Shell, _options, self: Command) => run(context, shell, self.optsWithGlobals()));
}

async function run(
  context: CliContext,
  shell: Shell,
  { format, json, fields, at }: OutputOptions & SiteOptions,
): Promise<void> {
  if (format !== undefined || json || fields !== undefined || at !== undefined)
    throw new UsageError('completion prints a script: leave out --format, --json, --fields and --at');
  await context.out.write(scriptFor(shell));
}

function scriptFor(shell: Shell): string {
  return readFileSync(new URL(`../../../completions/moin-sessions.${shell}`, import.meta.url), 'utf8');
}
