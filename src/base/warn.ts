/**
 * Emits a process warning of this library.
 * @param code stable, for handlers of the event `warning`
 * @param detail shown below the message, such as a stack
 */
export function warn(code: `MOIN_SESSIONS_${string}`, message: string, detail?: string): void {
  process.emitWarning(message, {
    type: 'MoinSessionsWarning',
    code,
    ...(detail !== undefined && { detail }),
  });
}
