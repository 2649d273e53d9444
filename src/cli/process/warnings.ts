/**
 * Hides Node's warning about a configuration in a package without `"type"`: Node loads the file anyway, and cron mails
 * every line of output. What is to be known of a wiki is written as other notes are. Other warnings appear as usual.
 */
export function tidyWarnings(): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if ('code' in warning && warning.code === 'MODULE_TYPELESS_PACKAGE_JSON') return;
    if ('code' in warning && String(warning.code).startsWith('MOIN_SESSIONS_WIKI_')) {
      process.stderr.write(`moin-sessions: ${warning.message.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD')}\n`);
      return;
    }
    for (const listener of listeners) listener.call(process, warning);
  });
}
