/**
 * Keeps to itself that a configuration lies in a package without `"type"`: Node takes it all the same, and a
 * command that cron calls has nothing to say as long as nothing fails. All other warnings are shown as Node does.
 */
export function silenceTypelessWarning(): void {
  const listeners = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if ('code' in warning && warning.code === 'MODULE_TYPELESS_PACKAGE_JSON') return;
    for (const listener of listeners) listener.call(process, warning);
  });
}
