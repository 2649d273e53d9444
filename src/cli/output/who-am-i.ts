import { relativeTime, shortId } from './humanize.js';
import { NAMELESS } from './verdict.js';
import { fieldView, type View } from './view.js';
import { shown } from './words.js';

/** Who a cookie logs in. */
export interface WhoAmI {
  /** Name; null for nobody. */
  user: string | null;
  userId: string | null;
  /** Name of the superuser who acts as the user; null for a user who is logged in as such. */
  realUser: string | null;
  /** The auth method that established the user. */
  method: string | null;
  /** The session that the cookie names; null when its signature is not good. */
  sessionId: string | null;
  kind: 'user' | 'anonymous' | null;
  /** Null when the store has no such session. */
  state: string | null;
  /** The reason of the step of the chain that decided. */
  reason: string | null;
  /** The answer in one sentence. */
  text: string;
  cookieExpires: Date | null;
  expires: Date | null;
}

const FIELDS = [
  'user',
  'userId',
  'realUser',
  'method',
  'sessionId',
  'kind',
  'state',
  'reason',
  'text',
  'cookieExpires',
  'expires',
] as const satisfies readonly (keyof WhoAmI)[];

export const whoAmIView: View<WhoAmI> = {
  ...fieldView(FIELDS, ({ sessionId }: WhoAmI) => sessionId ?? ''),
  forPeople: ['text'],
};

/** One line for people and logs of monitors: `alice is logged in: session 9c41…, active, cookie expires in 3h`. */
export function whoAmIText(
  { user, realUser, text, sessionId, state, cookieExpires }: WhoAmI,
  now: number,
): string {
  if (user === null) return shown(text);
  const details = [
    realUser !== null && `${shown(realUser)} acts as ${shown(user || NAMELESS)}`,
    sessionId && state !== null && `session ${shortId(sessionId)}`,
    // In a wiki a file may have expired that the server opens still.
    state === null || state === 'active' ? state : `${state} for the wiki's clean-up alone`,
    cookieExpires && `cookie expires ${relativeTime(cookieExpires, now)}`,
  ].filter(Boolean);
  return `${shown(user || NAMELESS)} is logged in${details.length === 0 ? '' : `: ${details.join(', ')}`}`;
}
