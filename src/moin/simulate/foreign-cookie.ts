/** The form of the cookies of this package. */
const OWN = /^(?:anon|user)\.[\w-]{8,}\.[\w-]{8,}$/;
/** The form of those of express-session. */
const EXPRESS = /^s(?::|%3A)[^.]{8,256}\../i;

/** Whose form a value has that is none of a wiki's, in a sentence to append; empty if it has no other's. */
export function foreignForm(value: string): string {
  if (OWN.test(value))
    return '; it has the form of a cookie of moin-sessions (KIND.TOKEN.MAC), which is none of this wiki';
  if (EXPRESS.test(value))
    return '; it has the form of a cookie of express-session, which is none of this wiki';
  return '';
}
