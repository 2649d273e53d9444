import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bashWords } from '../../../src/cli/completion/bash-words.js';
import { readWord, splitLine } from '../../../src/cli/completion/shell-words.js';

/** As bash leaves the line: the typed part before what it replaces, the candidate, and the quote that it closes. */
function afterTab(word: string, replaced: string, candidate: string): string {
  const { quote } = readWord(word.slice(0, word.length - replaced.length));
  const line = word.slice(0, word.length - replaced.length) + candidate;
  return quote === '' || line.endsWith(quote) ? line : line + quote;
}

const names = fc.string({ unit: 'grapheme', minLength: 1 });
const hostile = fc.string({
  unit: fc.constantFrom(...'ab $`"\'\\!;&|<>(){}[]*?~#=:@\u00e9\u{1f98a}'),
  minLength: 1,
});

describe('spec 7: what bash puts on the line', () => {
  it.each(['', "'", '"'])('is read as the value itself, whatever is in it, after %j', (quote) => {
    fc.assert(
      fc.property(fc.oneof(names, hostile), (value) => {
        const [candidate = ''] = bashWords(quote, '', [value]) ?? [];
        expect(readWord(afterTab(quote, '', candidate)).value).toBe(value);
      }),
    );
  });

  it('outside quotes has no character that a shell would expand or end the word at', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const [candidate = ''] = bashWords('', '', [value]) ?? [];
        expect(candidate.replace(/\\./gu, '')).toMatch(/^[\w./:=@%+,\p{L}-]*$/u);
      }),
    );
  });

  it('is one word', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const [candidate = ''] = bashWords('', '', [value]) ?? [];
        expect(splitLine(`moin-sessions ${candidate} next `, undefined).words.slice(1)).toEqual([
          value,
          'next',
        ]);
      }),
    );
  });

  it.each([
    ['a:', '', ['b']],
    ['a\\ b:', '', []],
    ['--user=a:', '', ['b']],
    ['al', 'al', []],
    ['', '', ['a:b', '--user=a:b']],
  ])(
    'of %j replaces %j by the rest of the values that the part before begins',
    (word, replaced, expected) => {
      expect(bashWords(word, replaced, ['a:b', '--user=a:b'])).toEqual(
        word === 'al' ? ['a:b', '--user=a:b'] : expected,
      );
    },
  );

  it('is nothing where bash replaces something else than the end of the word', () => {
    expect(bashWords('abc', 'x', ['abcd'])).toBeNull();
  });
});

describe('a line as far as it is typed', () => {
  it.each([
    ['moin-sessions list --user "Al', ['moin-sessions', 'list', '--user'], 'Al', '"'],
    ["moin-sessions list --user 'Al", ['moin-sessions', 'list', '--user'], 'Al', "'"],
    ['moin-sessions list --user Al\\ B', ['moin-sessions', 'list', '--user'], 'Al B', ''],
    ['moin-sessions list --user "a\\$b\\c', ['moin-sessions', 'list', '--user'], 'a$b\\c', '"'],
    ['moin-sessions list --user $(reboot)', ['moin-sessions', 'list', '--user'], '$(reboot)', ''],
    ['moin-sessions list ', ['moin-sessions', 'list'], '', ''],
    ['moin-sessions list a\\', ['moin-sessions', 'list'], 'a', ''],
    ['moin-sessions list 2> err --user ', ['moin-sessions', 'list', '--user'], '', ''],
    ['', [], '', ''],
  ])('%j', (line, words, value, quote) => {
    const typed = splitLine(line, '/home/me');
    expect(typed).toMatchObject({ words, current: { value, quote }, isRedirection: false });
  });

  it('a home at the beginning of a word is expanded, and nothing else', () => {
    expect(splitLine('x ~/a "~/b" \\~/c ~d/e a~/f ', '/home/me').words).toEqual([
      'x',
      '/home/me/a',
      '~/b',
      '~/c',
      '~d/e',
      'a~/f',
    ]);
  });

  it('after a redirection comes a file', () => {
    expect(splitLine('x export >', undefined).isRedirection).toBe(true);
    expect(splitLine('x export > a', undefined)).toMatchObject({
      isRedirection: true,
      words: ['x', 'export'],
    });
  });

  it('never fails, whatever is typed', () => {
    fc.assert(fc.property(fc.string(), (line) => void splitLine(line, '/home')));
  });
});
