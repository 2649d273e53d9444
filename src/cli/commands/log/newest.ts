/** The last ones of many rows: memory for `most` of them. */
export class Newest<Row> {
  total = 0;
  readonly #most: number;
  readonly #ring: Row[] = [];

  private constructor(most: number) {
    this.#most = most;
  }

  static async of<Row>(rows: AsyncIterable<Row>, most: number): Promise<Newest<Row>> {
    const newest = new Newest<Row>(most);
    for await (const row of rows) {
      newest.#ring[newest.total % most] = row;
      newest.total += 1;
    }
    return newest;
  }

  /** In the order in which they came. */
  get rows(): Row[] {
    const first = this.total > this.#most ? this.total % this.#most : 0;
    return [...this.#ring.slice(first), ...this.#ring.slice(0, first)];
  }
}
