/** The same text as a string of its own: a part of a string keeps the whole of it in memory. */
export function copied(text: string): string {
  return Buffer.from(text).toString();
}
