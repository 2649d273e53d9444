import { commandForms } from './command-groups.js';
import type { CommandHelp } from './describe.js';
import { noteLines, paragraph } from './lines.js';
import { exampleForms, groupForms, pointerLine, topicForms, topicOf, usageLines } from './parts.js';
import { joined, Section, shortenToFit } from './section.js';

/** The lines of a terminal of 80 x 24, without the one of the prompt. */
const SCREEN = 23;

/**
 * The help of a command for a terminal: examples last, next to the prompt, and no longer than a screen, as far as that is
 * possible. What does not fit is shortened: groups of options to their flags, from the last group on, and so forth.
 */
export function screenText(help: CommandHelp, width: number): string {
  return help.isProgram ? programScreen(help, width) : commandScreen(help, width);
}

/** The commands are shortened last. The options can go, because they are a topic, too. */
function programScreen(help: CommandHelp, width: number): string {
  const commands = new Section(commandForms(help.commands, width));
  const options = new Section(help.options ? [...groupForms(help.options, width, 'options'), []] : [], true);
  const topics = new Section(topicForms(width), true);
  const examples = new Section(exampleForms(help, width));
  const sections = [...opening(help, width), commands, options, topics, examples];
  const [lastGroups, firstGroups] = [help.commands.slice(2), help.commands.slice(0, 2)];
  const savings = [topics, options, examples, examples, ...lastGroups.map(() => commands), options, examples];
  shortenToFit(sections, [...savings, ...firstGroups.map(() => commands)], SCREEN);
  return joined(sections);
}

function commandScreen(help: CommandHelp, width: number): string {
  const commands = new Section(commandForms(help.commands, width));
  const options = new Section(help.options ? groupForms(help.options, width, null) : [], true);
  const groups = help.optionGroups.map(
    (group) => new Section(groupForms(group, width, topicOf(group)), true),
  );
  const notes = new Section([help.notes.flatMap((text) => noteLines(text, width)), []]);
  const examples = new Section(exampleForms(help, width));
  const parts = [...opening(help, width), commands, options, ...groups];
  const savings = [...groups.toReversed(), notes, examples, options, examples, examples];
  shortenToFit([...parts, pointerSection(width, true), notes, examples], savings, SCREEN);
  const isShortened = savings.some((section) => section.isShortened);
  return joined([...parts, pointerSection(width, isShortened), notes, examples]);
}

function pointerSection(width: number, isShortened: boolean): Section {
  return new Section([pointerLine(width, isShortened)], true);
}

function opening(help: CommandHelp, width: number): Section[] {
  return [new Section([usageLines(help, width)]), new Section([paragraph(help.summary, width)])];
}
