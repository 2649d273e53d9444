import { timeTexts } from '../output/humanize.js';
import { isoText } from '../output/iso.js';
import { jsonLines } from '../output/json-lines.js';
import { BETWEEN, rowTexts } from '../output/row-text.js';
import { isolate } from '../output/text.js';
import type { Change } from './comparison.js';
import { Journal, type JournalFormat } from './journal.js';
import type { Watching } from './watching.js';

const MARKS: Readonly<Record<Change, string>> = { appeared: '+', changed: '~', gone: '-' };

/** Lines that follow each other: events for programs, or what a dumb terminal can show. */
export async function watchAsJournal(watching: Watching): Promise<void> {
  const { context, output, read, repeat } = watching;
  const journal = new Journal(output.format === 'ndjson' ? events(watching) : lines(watching));
  try {
    await repeat(() => journal.look(read(), context.clock(), (text) => output.write(text)));
  } finally {
    journal.close();
  }
}

/** `{"event":"appeared","at":"…","session":{…}}` */
function events({ output }: Watching): JournalFormat {
  return {
    toText: jsonLines(output.columns).line,
    line: (change, at, text) => `{"event":"${change}","at":"${isoText(new Date(at))}","session":${text}}\n`,
  };
}

/** `12:00:00Z + 9c41…  alice  active`. Times are absolute: relative ones would change all the time. */
function lines({ output, options: { time } }: Watching): JournalFormat {
  return {
    toText: rowTexts(output.columns, 0, timeTexts(time === 'local' ? 'local' : 'utc', 0)),
    line: (change, at, text) => {
      const cells = text.split(BETWEEN).filter((cell) => cell !== '');
      return `${isoText(new Date(at)).slice(11, 19)}Z ${MARKS[change]} ${cells.map(isolate).join('  ')}\n`;
    },
  };
}
