import { SESSION_FIELDS, type SessionInfo } from '../../session/admin/info.js';

const FIELDS = Object.keys(SESSION_FIELDS) as (keyof SessionInfo)[];

/** Turns a session into text for the sorter. Dates become numbers: as text they would cost more than all other fields. */
export function sessionToText(session: SessionInfo): string {
  return JSON.stringify(
    FIELDS.map((name) => {
      const value = session[name];
      return value instanceof Date ? value.getTime() : value;
    }),
  );
}

/** Reads back the text of `sessionToText`. */
export function sessionFromText(text: string): SessionInfo {
  const values = JSON.parse(text) as unknown[];
  const session: Record<string, unknown> = {};
  FIELDS.forEach((name, index) => {
    const value = values[index];
    const isDate = SESSION_FIELDS[name] === 'date' && value !== null;
    session[name] = isDate ? new Date(value as number) : value;
  });
  return session as unknown as SessionInfo;
}
