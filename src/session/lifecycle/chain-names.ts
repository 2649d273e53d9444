/** Who established the user of a record, where it was no link of a chain (spec 2, `refused`). */
const OUTSIDE = ['route', 'express-session', 'setuid'];

/**
 * Whether `method`, as a record names it, is of this chain: the name of one of its methods, or such a name and a label
 * behind a colon. What is no link of any chain never leaves one.
 * @param chain the names of its methods; null where they are not known, and nothing can have left it
 */
export function isOfChain(method: string, chain: readonly string[] | null): boolean {
  const isOf = (name: string) => method === name || (method.startsWith(name) && method[name.length] === ':');
  return chain === null || chain.some(isOf) || OUTSIDE.some(isOf);
}
