const MASK = '[hidden]';
/** A cookie's value, or the beginning of one. */
const COOKIE_VALUE = /\b(anon|user)\.[\w-]{16,}[\w.-]*/g;
/** What may be a token, a MAC or a secret: long, base64url, and of both cases, which neither ids nor most paths are. */
const TOKEN = /(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{40,}/g;

/** A message without what looks like a token: whatever was typed in the wrong place goes to screens and logs with it. */
export function redact(text: string): string {
  return text.replace(COOKIE_VALUE, `$1.${MASK}`).replace(TOKEN, MASK);
}
