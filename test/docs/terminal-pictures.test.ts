import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { screenOf } from '../../docs/images/screen.js';
import { PICTURES, pictureOf } from '../../docs/images/terminal-pictures.js';
import { terminalSvg } from '../../docs/images/terminal-svg.js';

const IMAGES = join(import.meta.dirname, '../../docs/images');
const readme = readFileSync(join(IMAGES, '../../README.md'), 'utf8');

const textOf = (text: string, columns = 80) =>
  screenOf(text, columns).map((cells) => cells.map((cell) => cell.text).join(''));

describe('the pictures of the command line', () => {
  it.each(Object.keys(PICTURES))('%s is what the command shows; else run npm run pictures', async (name) => {
    const kept = readFileSync(join(IMAGES, `${name}.svg`), 'utf8');
    expect(await pictureOf(PICTURES[name] ?? [])).toBe(kept);
  });

  it.each(Object.keys(PICTURES))('%s stands in the README', (name) => {
    expect(readme).toContain(`(docs/images/${name}.svg)`);
  });

  it('a command that watches is drawn while it does', async () => {
    const svg = await pictureOf(['stats', '--watch', '--fields', 'sessions']);
    for (const word of ['sessions', '40', 'every', 'Ctrl-C']) expect(svg).toContain(`>${word}<`);
  });

  it('list --watch is drawn after a change: one came, one changed, one went', () => {
    const svg = readFileSync(join(IMAGES, 'cli-watch.svg'), 'utf8');
    for (const word of ['+1', '~1', '-1', '+', '~', '-']) expect(svg).toContain(`>${word}<`);
  });

  it('a command that fails has no picture', async () => {
    await expect(pictureOf(['inspect', 'ffff'])).rejects.toThrow('inspect ffff ended with 3');
  });
});

describe('a screen', () => {
  it('has what was written last at each place', () => {
    expect(textOf('\u001b[?1049h\u001b[?25l\u001b[Hone\u001b[K\ntwo\u001b[K\nthree\u001b[K\u001b[J')).toEqual(
      ['one', 'two', 'three'],
    );
    expect(textOf('\u001b[Hone\u001b[K\ntwo\u001b[K\u001b[J\u001b[Hthree\u001b[K\u001b[J')).toEqual([
      'three',
    ]);
  });

  it('breaks a line that is too long for it', () => {
    expect(textOf('12345678\n田中さ\n', 5)).toEqual(['12345', '678', '田中', 'さ']);
  });

  it('knows colours, and refuses what it does not know', () => {
    const [cells = []] = screenOf('\u001b[1m\u001b[36ma\u001b[39mb\u001b[22mc', 80);
    expect(cells.map(({ look }) => look)).toEqual([
      { bold: true, dim: false, color: 36 },
      { bold: true, dim: false, color: null },
      { bold: false, dim: false, color: null },
    ]);
    for (const text of ['\u001b[5m', '\u001b[3A', '\u001b]0;title\u0007', '\u001b'])
      expect(() => screenOf(text, 80)).toThrow('no picture of');
  });
});

describe('a picture of a screen', () => {
  const svg = (text: string) => terminalSvg('a "title"', screenOf(text, 80), 80);

  it('puts each word at its column, after wide characters, too', () => {
    expect(svg('田中 ab  <c>')).toContain(
      '<text x="14" y="28" textLength="33.6" lengthAdjust="spacingAndGlyphs">田中</text>',
    );
    expect(svg('田中 ab  <c>')).toContain(
      'x="56" y="28" textLength="16.8" lengthAdjust="spacingAndGlyphs">ab<',
    );
    expect(svg('田中 ab  <c>')).toContain('>&#60;c&#62;</text>');
  });

  it('draws blocks as bars, and keeps a right-to-left text in one piece', () => {
    expect(svg('\u001b[36m██▌\u001b[39m')).toContain(
      '<rect class="c36" x="14" y="17" width="21" height="12"/>',
    );
    expect(svg('\u2068אבי כהן\u2069 u-avi')).toContain('>אבי כהן</text>');
  });
});
