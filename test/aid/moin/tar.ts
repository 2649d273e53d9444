/** A file or folder (its name ends with a slash) of a tar archive. */
export interface TarEntry {
  /** The bytes of the name, one character each (latin1). */
  name: string;
  bytes: Buffer;
}

const BLOCK = 512;

/** The entries of an archive in the format ustar, which holds no links and no long names here. */
export function* tarEntries(archive: Buffer): Generator<TarEntry> {
  for (let at = 0; at < archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(archive.toString('latin1', at + 124, at + 136), 8);
    const start = at + BLOCK;
    yield { name: textAt(archive, at, 100), bytes: archive.subarray(start, start + size) };
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function textAt(archive: Buffer, at: number, length: number): string {
  const text = archive.toString('latin1', at, at + length);
  return text.slice(0, text.indexOf('\0'));
}
