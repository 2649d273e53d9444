import type { Command } from 'commander';
import type { CliContext } from '../context.js';

/**
 * Keeps the command and its flags, as typed, for the audit log. Arguments and the values of `--field name=text` stay out: they may
 * be secrets, and entries name sessions and users by themselves. Call this after the command and its subcommands have all their options.
 */
export function keepInvocation(program: Command, { invocation }: Pick<CliContext, 'invocation'>): void {
  const flags: string[] = [];
  hear(program, flags);
  program.hook('preAction', (_program, command) => {
    invocation.command = [...namesOf(command), ...flags].join(' ');
    invocation.isQuiet = command.optsWithGlobals().quiet === true;
  });
}

function hear(command: Command, flags: string[]): void {
  for (const option of command.options)
    command.on(`option:${option.name()}`, (value: unknown) => {
      const flag = option.long ?? option.flags;
      const text = flag === '--field' ? String(value).split('=', 1)[0] : value;
      flags.push(typeof text === 'string' ? `${flag} ${quoted(text)}` : flag);
    });
  for (const subcommand of command.commands) hear(subcommand, flags);
}

/** The names below the program: `users disable`. */
function namesOf(command: Command): string[] {
  return command.parent === null ? [] : [...namesOf(command.parent), command.name()];
}

/** As a shell reads it. */
export function quoted(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
