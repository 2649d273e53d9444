import type { Command } from 'commander';

/** A line that can be pasted into a shell, and what it is for. */
export interface Example {
  line: string;
  /** Empty where the line says it all. */
  purpose: string;
}

/** The texts of a command's help that commander knows nothing of. */
interface Texts {
  examples: readonly Example[];
  notes: readonly string[];
}

const NONE: Texts = { examples: [], notes: [] };
const texts = new WeakMap<Command, Texts>();

/**
 * Adds examples to the help of a command: on a terminal they are its last lines, on a page the first.
 * @param text one example a line, such as `moin-sessions list --active   # who is there`. The comment may be missing
 */
export function addExamples(command: Command, text: string): void {
  const examples = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(parseExample);
  texts.set(command, { ...textsOf(command), examples });
}

/**
 * Adds what the help says after the options.
 * @param text paragraphs with an empty line between them. One whose first line is indented is kept line by line; the others are
 * wrapped anew
 */
export function addNotes(command: Command, text: string): void {
  const notes = text
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replace(/^\n/, '').trimEnd())
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => (areLines(paragraph) ? paragraph : paragraph.replaceAll('\n', ' ')));
  texts.set(command, { ...textsOf(command), notes });
}

/** Whether the lines of a note stay as they are: they are to be pasted, or stand below each other. */
export function areLines(note: string): boolean {
  return note.startsWith(' ');
}

export function textsOf(command: Command): Texts {
  return texts.get(command) ?? NONE;
}

function parseExample(text: string): Example {
  const [line = '', purpose = ''] = text.trim().split(/ {2,}# /, 2);
  return { line, purpose };
}
