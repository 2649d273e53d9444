/** What sorted sources give, as one sorted sequence; of equal ones that of the first source first. */
export function* merged<T>(
  sources: readonly Generator<T>[],
  compare: (one: T, other: T) => number,
): Generator<T> {
  const [first, ...rest] = sources;
  if (first === undefined) return;
  if (rest.length === 0) return yield* first;
  const middle = sources.length >> 1;
  yield* mergedPair(
    merged(sources.slice(0, middle), compare),
    merged(sources.slice(middle), compare),
    compare,
  );
}

function* mergedPair<T>(
  ones: Generator<T>,
  others: Generator<T>,
  compare: (one: T, other: T) => number,
): Generator<T> {
  let one = ones.next();
  let other = others.next();
  while (!one.done && !other.done) {
    if (compare(one.value, other.value) <= 0) {
      yield one.value;
      one = ones.next();
    } else {
      yield other.value;
      other = others.next();
    }
  }
  for (; !one.done; one = ones.next()) yield one.value;
  for (; !other.done; other = others.next()) yield other.value;
}
