import type { Command, CommanderError } from 'commander';

/** Thrown when commander stops: at `--help` and `--version`, and at what it does not understand. */
export class ParseStop extends Error {
  constructor(
    /** The command that was being parsed. commander's own error does not say it. */
    readonly command: Command,
    override readonly cause: CommanderError,
  ) {
    super(cause.message);
  }
}

/** Makes each command of the tree throw a `ParseStop`. Call this when the tree is whole. */
export function throwStops(command: Command): void {
  command.exitOverride((error) => {
    throw new ParseStop(command, error);
  });
  for (const subcommand of command.commands) throwStops(subcommand);
}
