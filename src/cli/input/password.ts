import { UsageError } from '../../base/errors.js';
import { type CliContext, isInteractive } from '../context.js';

/** A new password: from stdin if asked for, else typed twice. @throws UsageError */
export async function readNewPassword(
  context: CliContext,
  { passwordStdin }: { passwordStdin?: boolean },
): Promise<string> {
  if (passwordStdin) return readPassword(context);
  if (!isInteractive(context)) throw new UsageError('there is no terminal to ask on: use --password-stdin');
  const password = await context.askSecret('New password: ');
  if (password !== (await context.askSecret('Once more: ')))
    throw new UsageError('the two passwords differ: nothing was changed, try again');
  return password;
}

/** The password on stdin, without the line break behind it. */
export async function readPassword({ stdin }: CliContext): Promise<string> {
  return (await stdin.read()).replace(/\r?\n$/, '');
}
