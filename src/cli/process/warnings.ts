import type { CliContext } from '../context.js';

/**
 * Hides Node's warning about a configuration in a package without `"type"`: Node loads the file anyway, and cron mails
 * every line of output. Warnings about a wiki are written as notes are, and not at all with `--quiet`. Other warnings appear as usual.
 */
export function tidyWarnings({ invocation }: Pick<CliContext, 'invocation'>): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if ('code' in warning && warning.code === 'MODULE_TYPELESS_PACKAGE_JSON') return;
    if ('code' in warning && String(warning.code).startsWith('MOIN_SESSIONS_WIKI_')) {
      if (!invocation.isQuiet)
        process.stderr.write(`moin-sessions: ${warning.message.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD')}\n`);
      return;
    }
    for (const listener of listeners) listener.call(process, warning);
  });
}
