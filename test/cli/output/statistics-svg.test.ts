import { describe, expect, it } from 'vitest';
import { statisticsSvg } from '../../../src/cli/output/statistics-svg.js';
import { describeEntry } from '../../../src/session/admin/info.js';
import type { Dimension } from '../../../src/session/admin/statistics/groups.js';
import { StatisticsCounter } from '../../../src/session/admin/statistics/statistics.js';
import { NOW, sample } from '../../aid/records.js';

function svgOf(users: string[], by: Dimension[] = [], filters: string[] = []): string {
  const counter = new StatisticsCounter(NOW, { by });
  for (const [n, user] of users.entries()) {
    const record = sample(`${n}abc`, { user });
    counter.add(describeEntry({ id: record.id, bytes: 100, record }, NOW, false));
  }
  return statisticsSvg(counter.result(3, 2), filters);
}

/** The texts of an SVG, and whether its elements are nested well. */
function parsed(svg: string): { texts: string[]; isWellFormed: boolean } {
  const open: string[] = [];
  const texts: string[] = [];
  let isWellFormed = true;
  for (const [, end, name = '', attributes, empty, text] of svg.matchAll(
    /<(\/?)([a-z]+)((?: [a-zA-Z-]+="[^"<>]*")*)(\/?)>|([^<>]+)/g,
  )) {
    if (text !== undefined)
      texts.push(text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))));
    else if (end) isWellFormed &&= open.pop() === name && attributes === '';
    else if (!empty) open.push(name);
  }
  return {
    texts: texts.filter((text) => text.trim() !== ''),
    isWellFormed: isWellFormed && open.length === 0,
  };
}

describe('spec 7: stats --svg', () => {
  it('says by itself what it shows, when, and of which sessions', () => {
    const { texts, isWellFormed } = parsed(svgOf(['alice', 'alice', 'bob'], [], ['--active', '--user']));
    expect(isWellFormed).toBe(true);
    expect(texts).toContain('3 sessions at 2026-05-01T12:00:00.000Z');
    expect(texts).toContain('selected by --active --user; 300 B; 2 users with 3 sessions');
    expect(texts).toEqual(
      expect.arrayContaining(['State ', 'active', '3 (100%)', 'Expiry ', 'Age ', 'under 1h']),
    );
  });

  it('names no user unless asked; then the largest, with a bar, and how many are left, without', () => {
    expect(svgOf(['alice', 'bob'])).not.toContain('alice');
    const svg = svgOf(['alice', 'alice', 'bob', 'cid', 'dora', 'emil'], ['user']);
    expect(parsed(svg).texts).toEqual(
      expect.arrayContaining([
        'By user ',
        'alice, id-alice',
        '2 (33%)',
        'bob, id-bob',
        '3 other groups',
        '3 (50%)',
      ]),
    );
    const widths = [...svg.matchAll(/class="bar" x="\d+" y="\d+" width="([\d.]+)"/g)].map(
      ([, width]) => width,
    );
    expect(widths.slice(-3)).toEqual(['410.0', '205.0', '0.0']);
  });

  it('an empty store is a picture, too', () => {
    const { texts, isWellFormed } = parsed(svgOf([], ['day']));
    expect(isWellFormed).toBe(true);
    expect(texts).toEqual(expect.arrayContaining(['all of the store; 0 B; 0 users with 0 sessions', 'none']));
  });

  it('a name stays text, whatever it is; a long one is shortened', () => {
    const svg = svgOf(['</text><script>alert(1)</script>', `"&'${'𝕏'.repeat(99)}\u0000\uffff`], ['user']);
    expect(parsed(svg).isWellFormed).toBe(true);
    for (const forbidden of ['<script', '\u0000', '\uffff']) expect(svg).not.toContain(forbidden);
    expect(parsed(svg).texts).toContain(`"&'${'𝕏'.repeat(26)}…`);
  });

  it('has light and dark colours, loads nothing and runs nothing', () => {
    const svg = svgOf(['alice']);
    expect(svg).toContain('@media (prefers-color-scheme: dark)');
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|url\(|@import|href|script|\son/,
    );
  });
});
