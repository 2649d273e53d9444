import type { AuthUser } from '../../auth/method.js';
import type { WikiUser } from '../users/user.js';
import type { Course } from './course.js';
import { named } from './explain16.js';
import type { SessionValues, WikiView } from './view.js';

/** The name of the step in which a superuser becomes somebody else, and of the way in which that user was established. */
const SETUID = 'setuid';

/** A change of user in 1.6: in force for every real user, even for a visitor. */
export function actAs16(course: Course, view: WikiView, { setuid }: SessionValues): Course {
  if (setuid === null || course.user?.valid === false) return course;
  const target = view.user(setuid);
  if (target === null || target.disabled) {
    const why = target === null ? 'is gone' : 'is disabled';
    return course.step(SETUID, {
      reason: 'refused-user',
      text: `the session acts as ${named(target, setuid)}, who ${why}: nobody is logged in by it`,
      user: userOf(target, setuid, false),
    });
  }
  return course.step(SETUID, {
    reason: 'acting-as',
    text: whileActing(course, view, target),
    user: userOf(target, setuid, true),
  });
}

function whileActing({ user }: Course, { settings }: WikiView, target: WikiUser): string {
  if (user === null)
    return `a visitor's session that acts as ${target.name}: this MoinMoin never asks who changed the user`;
  const text = `${user.name} acts as ${target.name}`;
  const { superuser } = settings;
  if (superuser === undefined || superuser.includes(user.name)) return text;
  return `${text}, though ${user.name} is no superuser any more: this MoinMoin never asks again, and there is no way back for ${user.name} but a logout`;
}

/** A change of user in 1.9: in force as long as the real user is a superuser, else it is dropped. */
export function actAs19(course: Course, view: WikiView, { setuid }: SessionValues): Course {
  if (setuid === null) return course;
  const { user } = course;
  const { superuser } = view.settings;
  const target = view.user(setuid);
  const whom = named(target, setuid);
  if (user === null || (superuser !== undefined && !superuser.includes(user.name))) {
    const real = user === null ? 'a visitor' : user.name;
    return course.step(SETUID, {
      reason: 'dropped',
      text: `the session acts as ${whom}, but ${real} is no superuser: this MoinMoin drops the change of user`,
    });
  }
  if (superuser === undefined)
    course.note(
      `whether ${user.name} is a superuser still is not known here, and taken for granted: give --wiki-config superuser=NAME`,
    );
  return course.step(SETUID, {
    reason: 'acting-as',
    text: `${user.name} acts as ${whom}${oddTarget(target)}`,
    user: { id: setuid, name: target?.name ?? '', method: SETUID, valid: true },
  });
}

function oddTarget(target: WikiUser | null): string {
  if (target === null) return ', who is gone: this MoinMoin takes them for a valid user with an empty name';
  return target.disabled ? ', who is disabled' : '';
}

function userOf(target: WikiUser | null, id: string, valid: boolean): AuthUser {
  return { id, name: target?.name ?? id, method: SETUID, valid };
}
