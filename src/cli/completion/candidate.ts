import { sanitize } from '../output/sanitize.js';

/** A word that the shell may put at the cursor. */
export interface Candidate {
  value: string;
  /** What it is, for shells that show that; '' for nothing. */
  text: string;
}

/**
 * What a shell is told. `words`: each is whole; `parts`: more may follow each; `files` and `folders`: the shell looks them up by
 * itself.
 */
export interface Answer {
  kind: 'words' | 'parts' | 'files' | 'folders';
  candidates: readonly Candidate[];
  /** The beginning of the word at the cursor that is no part of a file's name, such as `--config=`. */
  before: string;
}

export const NOTHING: Answer = { kind: 'words', candidates: [], before: '' };

/** Whether a value can be on a command line, and shown on a terminal. */
export function isTypable({ value }: Candidate): boolean {
  return value !== '' && sanitize(value) === value;
}
