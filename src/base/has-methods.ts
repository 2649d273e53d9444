/** Whether an object has all these methods, its own or inherited. */
export function hasMethods(candidate: unknown, names: readonly string[]): boolean {
  if (typeof candidate !== 'object' || candidate === null) return false;
  return names.every((name) => typeof (candidate as Record<string, unknown>)[name] === 'function');
}
