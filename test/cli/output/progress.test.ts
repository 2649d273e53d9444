import { describe, expect, it } from 'vitest';
import { startProgress } from '../../../src/cli/output/progress.js';

const CLEARED = '\r\x1b[K';

function terminal(isTTY = true, env: Record<string, string> = {}) {
  const screen = { text: '', now: 0 };
  const err = {
    isTTY,
    columns: 80,
    async write(text: string) {
      screen.text += text;
    },
  };
  return { screen, context: { err, env, clock: () => screen.now } };
}

describe('progress (spec 7)', () => {
  it('shows nothing in the first second, then a bar, and clears it at the end', () => {
    const { screen, context } = terminal();
    const progress = startProgress(context, 'Removed', { total: 4 });
    screen.now = 999;
    progress.at(1);
    expect(screen.text).toBe('');
    screen.now = 1000;
    progress.at(2);
    expect(screen.text).toBe('\r\x1b[KRemoved: [==========          ] 50% of 4 sessions');
    progress.end();
    expect(screen.text.endsWith(CLEARED)).toBe(true);
  });

  it('draws at most ten times a second, and shows a count when the total is unknown', () => {
    const { screen, context } = terminal();
    const progress = startProgress(context, 'reading');
    for (screen.now = 1000; screen.now < 1100; screen.now++) progress.at(1234);
    expect(screen.text).toBe('\r\x1b[Kreading: 1,234 sessions');
  });

  it('shows nothing without a terminal or with --quiet', () => {
    for (const [isTTY, quiet] of [
      [false, false],
      [true, true],
    ] as const) {
      const { screen, context } = terminal(isTTY);
      const progress = startProgress(context, 'reading', { quiet });
      screen.now = 5000;
      progress.at(1);
      progress.end();
      expect(screen.text).toBe('');
    }
  });

  it('TERM=dumb gets no control characters, so no progress', () => {
    const { screen, context } = terminal(true, { TERM: 'dumb' });
    const progress = startProgress(context, 'reading');
    screen.now = 5000;
    progress.at(1);
    progress.end();
    expect(screen.text).toBe('');
  });

  it('a closed terminal does not stop the work, and a reader that stops early clears the bar', async () => {
    const { screen, context } = terminal();
    const rows = async function* () {
      for (screen.now = 0; ; screen.now += 1000) yield screen.now;
    };
    for await (const now of startProgress(context, 'reading').over(rows())) if (now === 3000) break;
    expect(screen.text).toContain('2 sessions');
    expect(screen.text.endsWith(CLEARED)).toBe(true);
  });
});
