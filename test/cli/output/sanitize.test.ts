import { describe, expect, it } from 'vitest';
import { sanitize, withoutControls } from '../../../src/cli/output/sanitize.js';

describe('text of visitors, for people', () => {
  it.each(
    [
      0xad, 0x34f, 0x115f, 0x1160, 0x180e, 0x200b, 0x200c, 0x200d, 0x2060, 0x2063, 0x206a, 0x3164, 0xfe00,
      0xfe0f, 0xfeff, 0xffa0, 0xfff9, 0xfffa, 0xfffb, 0xe0000, 0xe0041, 0xe007f, 0xe0100,
    ].map((code) => [code.toString(16), String.fromCodePoint(code)]),
  )('U+%s, which nobody sees, becomes visible', (_code, character) => {
    expect(sanitize(`ad${character}min`)).toBe('ad\ufffdmin');
    expect(sanitize(character)).toBe('\ufffd');
    expect(withoutControls(`ad${character}min`)).toBe(`ad${character}min`);
  });

  it.each([
    ['a family', '👨\u200d👩\u200d👧'],
    ['a skin colour', '👩🏽\u200d💻'],
    ['a flag', '🏳\ufe0f\u200d🌈'],
    ['a heart', '❤\ufe0f'],
    ['a keycap', '1\ufe0f\u20e3'],
    ['Persian', 'می\u200cخواهم'],
    ['Hindi', 'क्\u200dष and क्\u200cष'],
    ['Sinhala', 'ශ්\u200dරී'],
    ['an old form of a Chinese character', '葛\u{e0100}'],
    ['Mongolian', 'ᠠ\u180b'],
    ['German, Greek, Korean', 'Jürgen Αλέξης 한국어 e\u0301'],
  ])('what scripts and pictures need stays: %s', (_name, text) => {
    expect(sanitize(text)).toBe(text);
  });

  it.each(['a\u200d👧', '👨\u200da', '👨\u200d\u200d👩', 'م\u200c\u200cم', 'م\u200c', 'a\u200cb', '1\ufe0f'])(
    'the same characters elsewhere do not: %j',
    (text) => {
      expect(sanitize(text)).toContain('\ufffd');
    },
  );
});
