/**
 * Exits when both streams have written everything. Handles that a configuration left open, such as a pool of database
 * connections, do not keep the process alive.
 */
export async function exitWhenWritten(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(written));
  process.exit(code);
}

/** Resolves after all earlier writes, also when the reader has gone. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
