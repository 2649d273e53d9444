/** Whether a JSON value lacks a key, or an end of a list, that an earlier value had, at any depth. */
export function lacks(value: unknown, earlier: unknown): boolean {
  if (value === earlier || typeof earlier !== 'object' || earlier === null) return false;
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(earlier)) {
    return (
      !Array.isArray(value) ||
      value.length < earlier.length ||
      earlier.some((part, n) => lacks(value[n], part))
    );
  }
  for (const key of Object.keys(earlier)) {
    if (!Object.hasOwn(value, key)) return true;
    const part: unknown = earlier[key as keyof object];
    if (typeof part === 'object' && lacks(value[key as keyof object], part)) return true;
  }
  return false;
}
