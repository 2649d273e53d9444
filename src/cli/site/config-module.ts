import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { ConfigurationError } from '../../base/errors.js';
import { moduleHint } from './module-hint.js';

/**
 * Returns the default export of a configuration in JavaScript or TypeScript.
 * @throws ConfigurationError with one line that names the file and the fault
 */
export async function importConfiguration(file: string): Promise<unknown> {
  try {
    return await importDefault(file);
  } catch (error) {
    throw new ConfigurationError(`${file}: ${reasonOf(error)}${moduleHint(file, error, import.meta.url)}`, {
      cause: error,
    });
  }
}

/** The first line of an error's message. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split('\n')[0] ?? message).trim();
}

/** Imports the file as the application does. Uses jiti where Node does not strip types (before 22.18). */
async function importDefault(file: string): Promise<unknown> {
  // The native call resolves `..` after a link as the system does; Node's own uses the folder of the link.
  const path = realpathSync.native(file);
  if (/\.[cm]?ts$/.test(path) && !stripsTypes()) {
    const { createJiti } = await import('jiti');
    // No cache: jiti would store the configuration with its secrets in a folder open to all, and run it from there.
    return createJiti(import.meta.url, { fsCache: false }).import(path, { default: true });
  }
  const module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  return module.default;
}

function stripsTypes(): boolean {
  return Boolean((process.features as { typescript?: unknown }).typescript);
}
