/**
 * Values of a user's `method` that name no method of a chain. They stay valid when the chain changes (spec 2,
 * `refused`), so no method of a chain may have such a name.
 */
export const OUTSIDE: readonly string[] = ['route', 'express-session', 'setuid'];

/**
 * Whether `method`, as a record names it, belongs to this chain: it is the name of one of the chain's methods, or
 * such a name followed by a colon and a label. A method outside of chains belongs to every chain.
 * @param chain the names of its methods; null if they are not known: then every method belongs to it
 */
export function isOfChain(method: string, chain: readonly string[] | null): boolean {
  const isOf = (name: string) => method === name || (method.startsWith(name) && method[name.length] === ':');
  return chain === null || chain.some(isOf) || OUTSIDE.some(isOf);
}
