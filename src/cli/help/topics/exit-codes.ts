import { rowsOf } from '../rows.js';
import type { TopicText } from '../topic.js';

const CODES = {
  '0': 'done, also when there was nothing to do',
  '1': 'failed: the store is out of reach, the disk is full, the answer was no',
  '2': 'wrong usage or configuration',
  '3': 'a named session or user does not exist, an expectation was not met, or whoami finds nobody',
  '4': 'done for some, failed for others: stderr names each; or check has findings',
  '129, 130, 143': 'ended by SIGHUP, by Ctrl-C, by SIGTERM; the store is whole',
};

export const exitCodesTopic: TopicText = {
  intro: [],
  groups: [{ heading: 'Exit codes', rows: rowsOf(CODES) }],
  notes: [
    'An error is one line on stderr that names the remedy; --debug adds the stack. When the reader of a pipe leaves, as in "| head", the command ends quietly with 0.',
  ],
};
