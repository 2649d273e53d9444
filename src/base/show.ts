/** A wrong value for an error message, as JSON where it has a JSON form: `"12"`, `null`, `12n`, `Symbol(x)`. Never throws. */
export function show(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // A cycle, a BigInt inside, or a `toJSON` that throws.
    return Object.prototype.toString.call(value);
  }
}
