import { type Command, Option } from 'commander';
import { TIME_STYLES } from './time-text.js';

/** The flags of commands that show a table of sessions. `OutputOptions` has their values. */
export function addTableOptions(command: Command): Command {
  return command
    .option('--wide', 'all columns, whatever the width of the terminal')
    .addOption(
      new Option('--time <style>', 'how a table shows times (default: relative)').choices(TIME_STYLES),
    );
}
