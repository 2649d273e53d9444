/** The types of replies that hold text, by the byte that begins them (RESP): `$`, `+` and `=`. */
const TEXTS = ['$', '+', '='];

/**
 * Has a client of the package `redis` give bytes, whatever it was configured for. Its versions before 5.9 make text of each
 * part of a reply that came in several, so a character that lies across two parts would be lost, and the next save would keep
 * the loss.
 */
export const BYTES = {
  typeMapping: Object.fromEntries(TEXTS.map((type) => [type.charCodeAt(0), Buffer])),
};

/** The reply in strings. @throws Error when the client has made text of it itself */
export function inText(reply: unknown): unknown {
  if (reply instanceof Buffer) return reply.toString();
  if (Array.isArray(reply)) return reply.map(inText);
  if (typeof reply === 'string') throw new Error('the client gives text where it was asked for bytes');
  return reply;
}
