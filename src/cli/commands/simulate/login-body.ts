import { bodyParser } from '../../../http/body.js';
import { loginForm } from '../../../http/login-form.js';
import type { BrowserRequest } from './request.js';

/**
 * What the adapters read of a body: the fields of a login form at one of the application's login paths, and the body itself.
 * @param body null if there is none, or none that is text
 */
export function formIn(
  { method, url = '/', headers }: Pick<BrowserRequest, 'method' | 'url' | 'headers'>,
  body: string | null,
  loginPaths: readonly string[],
): Pick<BrowserRequest, 'form' | 'body'> {
  const parse = body === null ? null : bodyParser(headers['content-type'], headers['content-encoding']);
  const parsed = parse?.(Buffer.from(body ?? ''));
  const isLogin = method === 'POST' && loginPaths.includes(url.split('?', 1)[0] as string);
  return { form: isLogin ? loginForm(parsed) : {}, body: parsed };
}
