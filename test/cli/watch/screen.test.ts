import { describe, expect, it } from 'vitest';
import { repeatEvery } from '../../../src/cli/watch/repeat.js';
import { drawsInPlace, watchInPlace } from '../../../src/cli/watch/screen.js';

const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[?7h\x1b[?25h\x1b[?1049l';

type Turn = 'over' | 'resized';

/** Watches with one wait for each of the turns, then sends Ctrl-C. */
function watched(draw: (look: number) => string, turns: readonly Turn[] = ['over', 'over'], took = 0) {
  const interrupt = new AbortController();
  const written: string[] = [];
  const waited: number[] = [];
  let now = 0;
  let looks = 0;
  const context = {
    out: {
      isTTY: true,
      write: async (text: string) => {
        written.push(text);
      },
    },
    signal: interrupt.signal,
    clock: () => now,
    wait: async (ms: number): Promise<Turn> => {
      waited.push(ms);
      if (waited.length === turns.length) interrupt.abort();
      return turns[waited.length - 1] ?? 'over';
    },
  };
  const look = async () => {
    looks += 1;
    now += took;
    return looks;
  };
  const end = watchInPlace(context, repeatEvery(context, 2000), look, async (last) => draw(last).split('\n'));
  return { end, written, waited, interrupt, looks: () => looks };
}

describe('watching in place', () => {
  it('draws on a screen of its own, and leaves the terminal as it was', async () => {
    const { end, written, waited } = watched((look) => `look ${look}\nline`);
    await end;
    const frame = (look: number) => `\x1b[Hlook ${look}\x1b[K\r\nline\x1b[K\x1b[J`;
    expect(written).toEqual([ENTER, frame(1), frame(2), LEAVE]);
    expect(waited).toEqual([2000, 2000]);
  });

  it('leaves the terminal as it was after an error, too', async () => {
    const { end, written } = watched(() => {
      throw new Error('the store is gone');
    });
    await expect(end).rejects.toThrow('the store is gone');
    expect(written).toEqual([ENTER, LEAVE]);
  });

  it('Ctrl-C leaves at once, also in the middle of a look, which is not shown any more', async () => {
    const outcome = watched((look) => {
      if (look === 2) {
        outcome.interrupt.abort();
        // The process exits after the listeners.
        expect(outcome.written.at(-1)).toBe(LEAVE);
      }
      return `look ${look}`;
    });
    await outcome.end;
    expect(outcome.written.filter((text) => text === LEAVE)).toHaveLength(1);
    expect(outcome.written.join('')).not.toContain('look 2');
  });

  it('another size of the terminal draws the last look again, and does not look', async () => {
    const { end, written, looks } = watched((look) => `look ${look}`, ['resized', 'resized', 'over']);
    await end;
    expect(looks()).toBe(1);
    expect(written.filter((text) => text.includes('look 1'))).toHaveLength(3);
  });

  it('the store rests as long as a look took, and no longer than a minute', async () => {
    for (const [took, rest] of [
      [500, 2000],
      [9000, 9000],
      [3_600_000, 60_000],
      [-5000, 2000],
    ] as const) {
      const { end, waited } = watched(() => '', ['over'], took);
      await end;
      expect(waited).toEqual([rest]);
    }
  });

  it.each([
    [true, 'xterm', true],
    [false, 'xterm', false],
    [true, 'dumb', false],
  ])('terminal %s with TERM=%s: %s', (isTTY, TERM, expected) => {
    expect(drawsInPlace({ out: { isTTY, write: async () => {} }, env: { TERM } })).toBe(expected);
  });
});
