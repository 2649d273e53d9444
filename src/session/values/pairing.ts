import { isJsonObject, type Json, type JsonObject } from '../../base/json.js';
import { ownValue, spliceBetween } from './merge.js';

/** Properties that identify an element of a list. The first one that both elements have counts. */
const IDENTITIES = ['id', '_id', 'uuid', 'key', 'sku', 'slug', 'name'];

/** Above this number of comparisons, an element is compared only with the one in its place. */
const MOST_COMPARISONS = 10_000;

/**
 * Pairs the elements of a held list with those of the wanted list. Returns each partner's index by the index of the held
 * element. Pairs equal elements first, then those with the most in common, and among these rather those in the same
 * place. An element without a partner was removed. In doubt an element gets no partner: a change that the application
 * makes in it must not end up in its neighbour.
 */
export function partnersOf(held: readonly Json[], wanted: readonly Json[]): Map<number, number> {
  const { at, removed, inserted } = spliceBetween(held, wanted);
  const shift = inserted.length - removed;
  const partners = new Map<number, number>();
  for (const index of held.keys()) {
    if (index < at) partners.set(index, index);
    else if (index >= at + removed) partners.set(index, index + shift);
  }
  const left = indexesFrom(at, removed);
  const free = indexesFrom(at, inserted.length);
  const pair = (from: number, to: number) => {
    partners.set(from, to);
    left.delete(from);
    free.delete(to);
  };
  for (const [from, to] of equalPairs(held, left, wanted, free)) pair(from, to);
  for (const { from, to } of alikePairs(held, left, wanted, free)) {
    if (left.has(from) && free.has(to)) pair(from, to);
  }
  return partners;
}

function indexesFrom(at: number, count: number): Set<number> {
  return new Set(Array.from({ length: count }, (_, index) => at + index));
}

function* equalPairs(
  held: readonly Json[],
  left: ReadonlySet<number>,
  wanted: readonly Json[],
  free: ReadonlySet<number>,
): Generator<[number, number]> {
  const places = new Map<string, number[]>();
  for (const to of free) {
    const text = JSON.stringify(wanted[to]);
    places.set(text, [...(places.get(text) ?? []), to]);
  }
  for (const from of [...left]) {
    const to = places.get(JSON.stringify(held[from]))?.shift();
    if (to !== undefined) yield [from, to];
  }
}

/** The pairs of elements that are alike: the most alike first, among equals those in the same place. */
function alikePairs(
  held: readonly Json[],
  left: ReadonlySet<number>,
  wanted: readonly Json[],
  free: ReadonlySet<number>,
): { from: number; to: number }[] {
  const isLong = left.size * free.size > MOST_COMPARISONS;
  const pairs = [];
  for (const from of left) {
    for (const to of isLong ? [from].filter((place) => free.has(place)) : free) {
      const score = likeness(held[from], wanted[to], from === to);
      if (score > 0) pairs.push({ from, to, score: score + (from === to ? 0.5 : 0) });
    }
  }
  return pairs.sort((one, other) => other.score - one.score);
}

/** How much two elements have in common; 0 if they are different things. */
function likeness(one: Json | undefined, other: Json | undefined, isInPlace: boolean): number {
  if (Array.isArray(one) && Array.isArray(other)) return isInPlace ? 1 : 0;
  if (!isJsonObject(one) || !isJsonObject(other)) return 0;
  const identity = sameIdentity(one, other);
  if (identity !== null) return identity ? Number.MAX_SAFE_INTEGER : 0;
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (name) => isScalar(ownValue(one, name)) || isScalar(ownValue(other, name)),
  );
  const common = names.filter((name) => ownValue(one, name) === ownValue(other, name)).length;
  if (isInPlace && names.length === 0) return 1;
  return isInPlace || 2 * common > names.length ? common : 0;
}

/** Whether both have the same identity; null if no property identifies both. */
function sameIdentity(one: JsonObject, other: JsonObject): boolean | null {
  const name = IDENTITIES.find(
    (candidate) => isScalar(ownValue(one, candidate)) && isScalar(ownValue(other, candidate)),
  );
  return name === undefined ? null : ownValue(one, name) === ownValue(other, name);
}

function isScalar(value: Json | undefined): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
