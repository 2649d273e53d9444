import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserRuleError } from '../../src/base/errors.js';
import { newName, normalizeName } from '../../src/users/name.js';

describe('user names (spec 7, users)', () => {
  it.each([
    'alice',
    'Alice Example',
    'Ærøskøbing',
    'Ελένη',
    'Мария',
    '田中',
    'محمد',
    '👩‍🚀',
    '__proto__',
    '-rf',
    '../x',
  ])('takes %s as it is', (name) => {
    expect(newName(name)).toBe(name);
  });

  it('takes two spellings of a letter for one name (NFC)', () => {
    expect(newName('Zoe\u0308')).toBe('Zo\u00eb');
    expect(normalizeName('Zoe\u0308')).toBe(normalizeName('Zo\u00eb'));
  });

  it('counts characters, not bytes or halves of them', () => {
    expect(newName('🦊'.repeat(200))).toHaveLength(400);
    expect(() => newName('🦊'.repeat(201))).toThrow(/at most 200/);
    expect(newName('e\u0301'.repeat(200))).toHaveLength(200);
  });

  it('gives up early on a text that is far too long', () => {
    expect(normalizeName('x'.repeat(100_000))).toBeNull();
  });

  it.each([
    ['empty', ''],
    ['a blank', ' '],
    ['white space before', ' alice'],
    ['white space behind', 'alice\u00a0'],
    ['a line break', 'al\nice'],
    ['an escape sequence', 'al\u001b[31mice'],
    ['a C1 control', 'al\u009bice'],
    ['a line separator', 'al\u2028ice'],
    ['a direction mark', 'al\u202eice'],
    ['half a surrogate pair', 'al\ud83dice'],
  ])('refuses %s, and says what to do', (_, name) => {
    expect(() => newName(name)).toThrow(UserRuleError);
    expect(() => newName(name)).toThrow(/^the user name .+: .+$/);
  });

  it('property: what is taken is normal, and taking it again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (typed) => {
        fc.pre(taken(typed) !== null);
        const name = newName(typed);
        expect(name).toBe(name.normalize('NFC'));
        expect(newName(name)).toBe(name);
        expect(normalizeName(typed)).toBe(name);
      }),
    );
  });
});

function taken(typed: string): string | null {
  try {
    return newName(typed);
  } catch {
    return null;
  }
}
