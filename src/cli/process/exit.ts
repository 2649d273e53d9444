/**
 * Ends the process once all that was written is out. What a configuration left open, as a pool of database
 * connections, keeps it no longer.
 */
export async function exitWhenWritten(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(written));
  process.exit(code);
}

/** Resolves behind everything written before; a stream whose reader has gone takes nothing more. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
