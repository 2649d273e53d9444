import type { SessionInfo } from '../session/info.js';

/** A session as text. Its times are numbers there: to write and read dates costs more than all the rest. */
export function pack({ created, seen, cookieExpires, expires, ...rest }: SessionInfo): string {
  const times = [created, seen, cookieExpires, expires].map((time) => time?.getTime() ?? null);
  return JSON.stringify([times, rest]);
}

/** The session that `pack` made a text of. */
export function unpack(text: string): SessionInfo {
  const [times, rest] = JSON.parse(text) as [(number | null)[], SessionInfo];
  const dates = times.map((time) => (time === null ? null : new Date(time)));
  const [created = null, seen = null, cookieExpires = null, expires = null] = dates;
  return { ...rest, created, seen, cookieExpires, expires };
}
