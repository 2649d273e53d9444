import type { WikiUser } from '../users/user.js';
import type { Course } from './course.js';
import * as explain from './explain19.js';
import { keepUser, kill, type Request19, SERVICE_19 } from './request19.js';
import { actAs19 } from './setuid.js';
import type { SessionValues } from './view.js';

/** The auth methods of a wiki that names none. */
const DEFAULT_AUTH = ['moin'];

/** A session that names a user: its auth method must be one of the wiki's, and the user be there. */
export function user19(on: Request19, id: string, values: SessionValues, newline: string): Course {
  const { course, view } = on;
  const userId = values.userId as string;
  const { authMethod } = values;
  if (authMethod === null) return course.breakAt(SERVICE_19, explain.NO_METHOD);
  const user = view.user(userId);
  const endless = values.expires === null ? explain.ENDLESS : '';
  course.session = { available: true, id, kind: 'user', isNew: false, keys: values.keys };
  course.step(SERVICE_19, {
    reason: 'restored',
    text: `the session of a login${endless}${newline}`,
  });
  const why = explain.killed(user, userId, authMethod, authOf(on));
  if (why !== null || user === null)
    return course.step(authMethod, { reason: 'refused-user', text: why ?? '', effects: kill(on, id) });
  establish(on, id, { user, authMethod, stored: values.expires });
  return actAs19(course, view, values);
}

function establish(
  on: Request19,
  id: string,
  { user, authMethod, stored }: { user: WikiUser; authMethod: string; stored: number | null },
): void {
  const isRemembered = user.fields.get('remember_me') !== '0';
  on.course.step(authMethod, {
    reason: 'restored',
    text: explain.established(user.name, authMethod),
    effects: keepUser(on, { id, isRemembered, stored }),
    user: { id: user.id, name: user.name, method: authMethod, valid: true },
  });
}

function authOf({ course, view }: Request19): readonly string[] {
  const { auth } = view.settings;
  if (auth === undefined)
    course.note(
      `the wiki's list 'auth' is taken to be ${DEFAULT_AUTH.join(', ')}: give it with --wiki-config auth=METHOD,METHOD`,
    );
  return auth ?? DEFAULT_AUTH;
}
