/**
 * Calls `work` for each item, for up to `most` of them at a time, and waits for all. After the first error it begins no
 * further one, and rejects with that error when those in work have ended.
 */
export async function eachAtOnce<T>(
  items: AsyncIterable<T>,
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let inWork = 0;
  let fault: { error: unknown } | null = null;
  let onEnd = () => {};
  const oneEnded = () => new Promise<void>((resolve) => (onEnd = resolve));
  const run = async (item: T) => {
    inWork += 1;
    try {
      await work(item);
    } catch (error) {
      fault ??= { error };
    }
    inWork -= 1;
    onEnd();
  };
  try {
    for await (const item of items) {
      // One in work may have failed while the list made this item.
      if (fault !== null) break;
      void run(item);
      if (inWork >= most) await oneEnded();
      if (fault !== null) break;
    }
  } finally {
    while (inWork > 0) await oneEnded();
  }
  if (fault !== null) throw (fault as { error: unknown }).error;
}
