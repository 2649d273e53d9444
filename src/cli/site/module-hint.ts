import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errorCode } from '../../base/errors.js';

/**
 * What an error of the import of a file does not say itself: the position, or the rule of Node that the file breaks.
 * @param loader the URL of the module that imported the file
 */
export function moduleHint(file: string, error: unknown, loader: string): string {
  const message = error instanceof Error ? error.message : '';
  if (isJson(file)) return ': it is JSON, so give it a name that ends in .json';
  const position = /:(\d+:\d+)$/.exec(message)?.[1];
  if (position !== undefined) return ` (at ${position})`;
  if (errorCode(error) === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX')
    return ': Node strips types and does no more, so write it without enum, namespace and parameter properties';
  const missing = /^Cannot find module '(.+)\.(m?)js' imported/.exec(message);
  const source = missing === null ? '' : `${missing[1]}.${missing[2]}ts`;
  if (existsSync(source)) return `: Node imports a file by its own name, so write .${missing?.[2]}ts`;
  if (/^Cannot find (package|module) '[^'./:][^':]*'/.test(message))
    return ': install it in the folder of the application';
  return error instanceof SyntaxError ? `; 'node ${file}' shows where` : thrownAt(file, error, loader);
}

function isJson(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, 'utf8'));
    return true;
  } catch {
    return false;
  }
}

/** The application's line that threw. No column: where jiti runs the file, it keeps the lines alone. */
function thrownAt(file: string, error: unknown, loader: string): string {
  const frames = framesOf(error);
  const end = frames.findIndex(({ path }) => path === fileURLToPath(loader));
  const found = frames
    .slice(0, end === -1 ? undefined : end)
    .find(({ path }) => !path.includes('node_modules'));
  if (found === undefined) return '';
  return found.path === realpathSync.native(file)
    ? ` (line ${found.line})`
    : ` (${found.path}:${found.line})`;
}

/** The frames of its stack that are in files. */
function framesOf(error: unknown): { path: string; line: string }[] {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const found = stack.matchAll(/^ {4}at .*?(file:\/\/\/|\/|[A-Z]:\\)([^()\n]*):(\d+):\d+\)?$/gm);
  return [...found].map(([, root = '', rest = '', line = '']) => ({
    path: root === 'file:///' ? fileURLToPath(root + rest) : root + rest,
    line,
  }));
}
