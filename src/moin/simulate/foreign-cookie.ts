/** The form of the cookies of this package. */
const OWN = /^(?:anon|user)\.[\w-]{8,}\.[\w-]{8,}$/;
/** The form of those of express-session. */
const EXPRESS = /^s(?::|%3A)[^.]{8,256}\../i;

/** Whose form a value has that is none of a wiki's; null if it has no other's. */
function foreignForm(value: string): string | null {
  if (OWN.test(value)) return 'moin-sessions (KIND.TOKEN.MAC)';
  return EXPRESS.test(value) ? 'express-session' : null;
}

/** That a value has the form of another program's, in a clause to append; empty if it does not. */
export function foreignClause(value: string): string {
  const form = foreignForm(value);
  return form === null ? '' : `; it has the form of a cookie of ${form}, which is none of this wiki`;
}

/** The first cookie of these that has the form of another program's, in a sentence; null if none does. */
export function foreignCookie(pairs: readonly [name: string, value: string][]): string | null {
  for (const [name, value] of pairs) {
    const form = foreignForm(value);
    if (form !== null) return `${name} has the form of a cookie of ${form}, which is none of this wiki`;
  }
  return null;
}
