import { describe, expect, it } from 'vitest';
import { messageLines } from '../../../src/cli/process/message-lines.js';

describe('a message on a terminal', () => {
  it('breaks between words, and the lines after the first are indented', () => {
    expect(messageLines('one two three four five', 9)).toEqual(['one two', '  three', '  four', '  five']);
    expect(messageLines('one two three four five', 13)).toEqual(['one two three', '  four five']);
    expect(messageLines('one two', 80)).toEqual(['one two']);
    expect(messageLines('', 80)).toEqual([]);
  });

  it('a quoted command stays whole, even if it is too long: it is copied', () => {
    const command = `'moin-sessions list --where "lang == 7" --user alice'`;
    expect(messageLines(`there is no session: see ${command}; or go on`, 30)).toEqual([
      'there is no session: see',
      `  ${command};`,
      '  or go on',
    ]);
    expect(messageLines('a name (as "a  b c") is kept', 12)).toEqual([
      'a name (as',
      '  "a  b c")',
      '  is kept',
    ]);
  });

  it('an apostrophe opens no quotation, nor does a quotation mark that none closes', () => {
    expect(messageLines("the user's sessions and the users' names", 20)).toEqual([
      "the user's sessions",
      "  and the users'",
      '  names',
    ]);
    expect(messageLines(`a 'b c d e`, 6)).toEqual(["a 'b c", '  d e']);
    const hostile = ` '"`.repeat(20_000);
    const start = performance.now();
    expect(messageLines(hostile, 80).length).toBeGreaterThan(100);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('counts the columns of wide characters, and none for what combines', () => {
    expect(messageLines('田中 さくら', 10)).toEqual(['田中', '  さくら']);
    expect(messageLines('田中 さくら', 11)).toEqual(['田中 さくら']);
    expect(messageLines('e\u0301e\u0301 e\u0301', 4)).toEqual(['e\u0301e\u0301 e\u0301']);
  });
});
