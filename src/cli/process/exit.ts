/**
 * Exits when both streams have written everything. The exit is explicit, because a configuration may leave handles open,
 * such as a pool of database connections.
 */
export async function exitWhenWritten(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(written));
  process.exit(code);
}

/** Resolves after all earlier writes, even when the reader has gone. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
