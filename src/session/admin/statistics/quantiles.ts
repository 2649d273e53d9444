/** From one step to the next, sizes grow by 2 %: the middle of a step is within 1 % of all sizes in it. */
const GROWTH = Math.log(1.02);

/** Quantiles of sizes of any number, in the memory of some hundred counts. */
export class SizeQuantiles {
  /** How many sizes each step has; the first is that of 0 and 1 byte. */
  readonly #counts: number[] = [];
  #total = 0;
  #largest = 0;

  add(bytes: number): void {
    const step = bytes <= 1 ? 0 : Math.ceil(Math.log(bytes) / GROWTH);
    while (this.#counts.length <= step) this.#counts.push(0);
    this.#counts[step] = (this.#counts[step] ?? 0) + 1;
    this.#total += 1;
    this.#largest = Math.max(this.#largest, bytes);
  }

  /**
   * The size in bytes that this share of the sizes does not exceed, to within 1 %; null without sizes.
   * @param share more than 0, at most 1
   */
  at(share: number): number | null {
    if (this.#total === 0) return null;
    let left = Math.ceil(share * this.#total);
    const step = this.#counts.findIndex((count) => {
      left -= count;
      return left <= 0;
    });
    return Math.min(this.#largest, Math.round(Math.exp((step - 0.5) * GROWTH)));
  }
}
