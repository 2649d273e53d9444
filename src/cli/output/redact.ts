const MASK = '[hidden]';
/** A cookie's value, or the beginning of one. */
const COOKIE_VALUE = /\b(anon|user)\.[\w-]{16,}[\w.-]*/g;
/** A token, a MAC or a secret is 40 or more base64url characters in both cases. Ids and most paths have one case. */
const LONG_WORD = /[\w-]{40,}/g;

/** Hides text that looks like a token: a cookie typed in the wrong place would appear on screens and in logs. */
export function redact(text: string): string {
  return text.replace(COOKIE_VALUE, `$1.${MASK}`).replace(LONG_WORD, hiddenToken);
}

/** A pattern for both cases would look through the rest of a word at each of its characters. */
function hiddenToken(word: string): string {
  return /[a-z]/.test(word) && /[A-Z]/.test(word) ? MASK : word;
}
