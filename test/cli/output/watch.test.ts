import { describe, expect, it } from 'vitest';
import { BrokenPipe } from '../../../src/cli/context.js';
import { watch } from '../../../src/cli/output/watch.js';

const ENTER = '\x1b[?1049h\x1b[?25l';
const LEAVE = '\x1b[?25h\x1b[?1049l';

/** Watches until `turns` drawings are done, then sends Ctrl-C. */
async function watched(
  draw: (turn: number) => string,
  { turns = 2, isTTY = true, rows = 4, term = 'xterm' } = {},
) {
  const interrupt = new AbortController();
  const written: string[] = [];
  const waited: number[] = [];
  let turn = 0;
  const context = {
    out: {
      isTTY,
      write: async (text: string) => {
        written.push(text);
      },
    },
    env: { TERM: term },
    rows,
    signal: interrupt.signal,
    wait: async (ms: number) => {
      waited.push(ms);
      if (waited.length === turns) interrupt.abort();
      return 'over' as const;
    },
  };
  const end = watch(context, 2000, async () => {
    turn += 1;
    return draw(turn);
  });
  return { end, written, waited, interrupt };
}

describe('watching', () => {
  it('draws in place on a screen of its own, and leaves the terminal as it was', async () => {
    const { end, written, waited } = await watched((turn) => `turn ${turn}\nline\n`);
    await end;
    const frame = (turn: number) =>
      `\x1b[Hturn ${turn}\x1b[K\nline\x1b[K\nevery 2 s, Ctrl-C ends\x1b[K\x1b[J`;
    expect(written).toEqual([ENTER, frame(1), frame(2), LEAVE]);
    expect(waited).toEqual([2000, 2000]);
  });

  it('a text that is higher than the screen does not scroll it', async () => {
    const { end, written } = await watched(() => '1\n2\n3\n4\n5\n', { turns: 1 });
    await end;
    expect(written[1]).toBe(
      '\x1b[H1\x1b[K\n2\x1b[K\n3\x1b[K\nevery 2 s, Ctrl-C ends; 2 more lines\x1b[K\x1b[J',
    );
    const low = await watched(() => '1\n2\n', { turns: 1, rows: 1 });
    await low.end;
    expect(low.written[1]).not.toContain('\n');
  });

  it('leaves the terminal as it was after an error, too', async () => {
    const { end, written } = await watched(() => {
      throw new Error('the store is gone');
    });
    await expect(end).rejects.toThrow('the store is gone');
    expect(written).toEqual([ENTER, LEAVE]);
  });

  it('Ctrl-C leaves at once, also in the middle of a drawing, which is not shown any more', async () => {
    const outcome = await watched(
      (turn) => {
        if (turn === 2) {
          outcome.interrupt.abort();
          // The process exits after the listeners.
          expect(outcome.written.at(-1)).toBe(LEAVE);
        }
        return `turn ${turn}\n`;
      },
      { turns: 9 },
    );
    await outcome.end;
    expect(outcome.written.filter((text) => text === LEAVE)).toHaveLength(1);
    expect(outcome.written.join('')).not.toContain('turn 2');
  });

  it.each([
    { isTTY: false, term: 'xterm' },
    { isTTY: true, term: 'dumb' },
  ])('without control characters where they would do harm: %j', async (terminal) => {
    const { end, written } = await watched((turn) => `turn ${turn}\n`, terminal);
    await end;
    expect(written).toEqual(['turn 1\n', 'turn 2\n']);
  });

  it('ends when the reader has gone', async () => {
    const { end } = await watched(
      () => {
        throw new BrokenPipe();
      },
      { isTTY: false },
    );
    await expect(end).rejects.toThrow(BrokenPipe);
  });
});
