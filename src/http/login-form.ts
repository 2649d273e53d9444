import type { LoginForm } from './request.js';

/** The paths at which adapters take login forms, unless the application names others. */
export const LOGIN_PATHS = ['/login', '/logout'];

/** Texts that turn a button or a box off, although it is there. */
const NO = ['false', '0'];

/**
 * The login fields of a parsed body. `login`, `logout` and `rememberMe` are on when they are there, like
 * buttons and boxes in HTML; with the text `false` or `0` they are off. All other fields are ignored.
 */
export function loginForm(body: unknown): LoginForm {
  if (typeof body !== 'object' || body === null) return {};
  const field = (name: string): unknown => (Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined);
  const form: LoginForm = {
    login: isOn(field('login')),
    logout: isOn(field('logout')),
    rememberMe: isOn(field('rememberMe')),
  };
  const name = field('name');
  const password = field('password');
  if (typeof name === 'string') form.name = name;
  if (typeof password === 'string') form.password = password;
  return form;
}

function isOn(value: unknown): boolean {
  return value === true || (typeof value === 'string' && !NO.includes(value));
}
