/** Blocks that are one to eight eighths of a character wide. */
const EIGHTHS = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
const HASH = ['#'];

/** Draws counts as bars of characters. */
export class BarScale {
  readonly #most: number;
  readonly #width: number;
  readonly #parts: readonly string[];

  /**
   * @param most the largest count: its bar is as wide as there is room
   * @param width the room, in characters
   * @param unicode whether bars may end within a character; else they are of `#`
   */
  constructor(most: number, { width, unicode }: { width: number; unicode: boolean }) {
    this.#most = most;
    this.#width = width;
    this.#parts = unicode ? EIGHTHS : HASH;
  }

  /** A bar. What is there has one, however short; only the largest count's is of full length. */
  bar(count: number): string {
    if (count <= 0 || this.#width < 1) return '';
    const steps = this.#parts.length;
    const share = Math.round((count / this.#most) * this.#width * steps);
    const full = this.#width * steps;
    const length = count >= this.#most ? full : Math.max(1, Math.min(share, full - 1));
    const rest = length % steps;
    const whole = this.#parts[steps - 1] as string;
    return whole.repeat(Math.floor(length / steps)) + (rest === 0 ? '' : this.#parts[rest - 1]);
  }
}
