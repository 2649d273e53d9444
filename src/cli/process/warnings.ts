/**
 * Hides Node's warning about a configuration in a package without `"type"`: Node loads the file anyway, and cron mails
 * every line of output. Other warnings appear as usual.
 */
export function silenceTypelessWarning(): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if ('code' in warning && warning.code === 'MODULE_TYPELESS_PACKAGE_JSON') return;
    for (const listener of listeners) listener.call(process, warning);
  });
}
