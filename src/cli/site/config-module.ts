import { existsSync, realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ConfigurationError, errorCode } from '../../base/errors.js';

/**
 * The default export of a configuration in JavaScript or TypeScript.
 * @throws ConfigurationError of one line that names the file and what is wrong with it
 */
export async function importConfiguration(file: string): Promise<unknown> {
  try {
    return await importDefault(file);
  } catch (error) {
    throw new ConfigurationError(`${file}: ${reasonOf(error)}${hint(file, error)}`, { cause: error });
  }
}

/** The first line of what is wrong. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? message).trim();
}

/** As the application's own `import` of the file; where Node strips no types (before 22.18), jiti does. */
async function importDefault(file: string): Promise<unknown> {
  // By the system's rules for links: Node's own take `..` behind a link for the folder of the link.
  const path = realpathSync.native(file);
  if (/\.[cm]?ts$/.test(path) && !stripsTypes()) {
    const { createJiti } = await import('jiti');
    // Its cache would lie in a folder that all may write to, with the secrets of the configuration, and be run from there.
    return createJiti(import.meta.url, { fsCache: false }).import(path, { default: true });
  }
  const module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  return module.default;
}

function stripsTypes(): boolean {
  return Boolean((process.features as { typescript?: unknown }).typescript);
}

/** What to do about it, as far as the error does not say so: where it is, or which of Node's rules it breaks. */
function hint(file: string, error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const position = /:(\d+:\d+)$/.exec(message)?.[1];
  if (position !== undefined) return ` (at ${position})`;
  if (errorCode(error) === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX')
    return ': Node strips types and does no more, so write it without enum, namespace and parameter properties';
  const missing = /^Cannot find module '(.+)\.(m?)js' imported/.exec(message);
  const source = missing === null ? '' : `${missing[1]}.${missing[2]}ts`;
  if (existsSync(source)) return `: Node imports a file by its own name, so write .${missing?.[2]}ts`;
  return error instanceof SyntaxError ? `; 'node ${file}' shows where` : '';
}
