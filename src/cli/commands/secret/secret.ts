import type { Command } from 'commander';
import type { CliContext } from '../../context.js';
import { addExamples } from '../../help/texts.js';
import { defineGenerate } from './generate.js';
import { defineRotate } from './rotate.js';

const EXAMPLES = `
moin-sessions secret generate       # a new one for the option 'secrets'
moin-sessions secret rotate         # a new one for a store that keeps its own
moin-sessions secret rotate --drop  # later: the old one verifies no more
`;

export function defineSecret(command: Command, context: CliContext): void {
  addExamples(command, EXAMPLES);
  defineGenerate(command.command('generate').description('print a new secret; nothing is written'), context);
  defineRotate(command.command('rotate').description('have the store sign with a new secret'), context);
}
