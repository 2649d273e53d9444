/** How many items to sort at a time, at least. */
const PIECE = 1000;

/**
 * Returns the first `most` items in the order of `compare`. Sorts some at a time: to sort all at once would take as much
 * memory again.
 */
export function topOf<T>(items: Iterable<T>, most: number, compare: (one: T, other: T) => number): T[] {
  let top: T[] = [];
  const cut = () => top.sort(compare).slice(0, most);
  for (const item of items) {
    if (top.push(item) > 2 * most + PIECE) top = cut();
  }
  return cut();
}

/** Compares texts by their code units, so that the order is the same on every machine. */
export function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
