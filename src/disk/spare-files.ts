import { openSync, type PathLike } from 'node:fs';
import { errorCode } from '../base/errors.js';

/** Each closes files that are open only because they may be used again. */
const holders = new Set<() => void>();

/** Says that some files can be closed when the process may open no more. Returns the function that takes it back. */
export function offerFiles(close: () => void): () => void {
  holders.add(close);
  return () => holders.delete(close);
}

/** As `openSync`. Where the process or the machine may open no more files, it closes those that were offered, and tries again. */
export function openFile(path: PathLike, flags: string | number, mode?: number): number {
  try {
    return openSync(path, flags, mode);
  } catch (error) {
    if (!isShortage(error) || holders.size === 0) throw error;
    for (const close of holders) close();
    return openSync(path, flags, mode);
  }
}

function isShortage(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'EMFILE' || code === 'ENFILE';
}
