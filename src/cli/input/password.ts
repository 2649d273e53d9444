import { UsageError } from '../../base/errors.js';
import { type CliContext, isInteractive } from '../context.js';

export interface PasswordOptions {
  passwordStdin?: boolean;
}

/** The flag of every command that reads a password. */
export const PASSWORD_STDIN = ['--password-stdin', 'read the password from stdin'] as const;

/**
 * Reads an existing password: from stdin with the flag, else from the terminal. A terminal as stdin does not show it either.
 * @throws UsageError without a terminal
 */
export async function readPassword(context: CliContext, { passwordStdin }: PasswordOptions): Promise<string> {
  if (passwordStdin && !context.stdin.isTTY) return passwordFromStdin(context);
  if (!passwordStdin) assertTerminal(context);
  return context.askSecret('Password: ');
}

/**
 * Reads a new password: from stdin with the flag, else twice from the terminal, also if that is stdin.
 * @throws UsageError without a terminal, or when the two passwords differ
 */
export async function readNewPassword(
  context: CliContext,
  { passwordStdin }: PasswordOptions,
): Promise<string> {
  if (passwordStdin && !context.stdin.isTTY) return passwordFromStdin(context);
  if (!passwordStdin) assertTerminal(context);
  const password = await context.askSecret('New password: ');
  if (password !== (await context.askSecret('Once more: ')))
    throw new UsageError('the two passwords differ: nothing was changed, try again');
  return password;
}

/** Reads all of stdin and removes the line break at the end. */
async function passwordFromStdin({ stdin }: CliContext): Promise<string> {
  return (await stdin.read()).replace(/\r?\n$/, '');
}

function assertTerminal(context: CliContext): void {
  if (!isInteractive(context))
    throw new UsageError('there is no terminal to ask for the password on: use --password-stdin');
}
