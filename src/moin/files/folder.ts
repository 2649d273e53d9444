import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { errorCode } from '../../base/errors.js';
import { closeAfter, ifExists, openIfExists, READ } from '../../disk/open.js';
import { plainStats, readPart, systemError } from '../../disk/plain-file.js';
import { PickleError } from '../pickle/error.js';
import { bytesOfName, type FileName } from './names.js';
import { FolderWay } from './way.js';

/** The largest file (bytes) of a wiki that is read. MoinMoin's sessions have some hundred bytes. */
export const LARGEST_FILE = 1024 * 1024;

/** A file as it was read. */
export interface WikiFile {
  name: FileName;
  bytes: Buffer;
  /** Of the opened file. */
  stats: Stats;
}

/**
 * One folder of a wiki. Names are bytes. Follows no symbolic link in it; root follows none of another user's on the way to it. On Linux
 * the folder is opened, and the work uses paths relative to the open folder: who owns the wiki cannot put a link into its place
 * meanwhile.
 */
export class WikiFolder {
  /** Absolute. */
  readonly dir: string;
  readonly #way: FolderWay;
  /** While `inside` runs. */
  #safe: string | null = null;

  constructor(dir: string) {
    this.dir = dir;
    this.#way = new FolderWay(dir);
  }

  /**
   * Passes to `work` a path to the folder that is safe until `work` returns, so `work` is synchronous.
   * @throws a system error, ENOENT when the folder is not there; StoreError when root would follow another user's link,
   * and when the folder was replaced by a link
   */
  inside<T>(work: (safe: string) => T): T {
    if (this.#safe !== null) return work(this.#safe);
    const { path, close } = this.#way.open();
    try {
      this.#safe = path;
      return work(path);
    } finally {
      this.#safe = null;
      close();
    }
  }

  /** Runs `work`, which is synchronous, and opens the folder only once for all that it reads here. The folder may be missing. */
  keptOpen<T>(work: () => T): T {
    return this.stats() === null ? work() : this.inside(work);
  }

  /** The names in the folder; none when it does not exist. */
  names(): FileName[] {
    return ifExists(() => this.inside((safe) => readdirSync(safe, { encoding: 'latin1' }))) ?? [];
  }

  /** The stats of the folder itself; null when it does not exist. */
  stats(): Stats | null {
    return ifExists(() => this.inside((safe) => lstatSync(`${safe}/.`)));
  }

  /** The stats of a file or link; null when it does not exist. */
  statsOf(name: FileName): Stats | null {
    return ifExists(() => this.inside((safe) => lstatSync(pathIn(safe, name))));
  }

  /**
   * Reads a file; null when it does not exist, or is a folder. Opens nothing but plain files.
   * @throws a system error: ELOOP for a link, ENXIO for a pipe, socket or device, EFBIG above `LARGEST_FILE`, EACCES
   */
  read(name: FileName): WikiFile | null {
    return ifExists(() =>
      this.inside((safe) => {
        const path = pathIn(safe, name);
        const found = lstatSync(path);
        if (found.isDirectory()) return null;
        if (found.isSymbolicLink()) throw systemError('ELOOP', 'open');
        if (!found.isFile()) throw systemError('ENXIO', 'open');
        const fd = openIfExists(path, READ);
        return fd === null ? null : closeAfter(fd, () => readOpen(name, fd));
      }),
    );
  }
}

/** The path of a file in a folder. Latin1 text would be written as UTF-8. */
export function pathIn(folder: string, name: FileName): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), bytesOfName(name)]);
}

function readOpen(name: FileName, fd: number): WikiFile {
  const stats = plainStats(fd);
  if (stats.size > LARGEST_FILE) throw systemError('EFBIG', 'read');
  return { name, bytes: readPart(fd, 0, stats.size), stats };
}

/** Why a file cannot be read for want of rights. */
export const DENIED = 'permission denied: run this as the user who owns the wiki, or as root';

/** Why one file cannot be read, by the code of the system's error. Others are faults of the machine, or of the whole folder. */
const FAULTS: Readonly<Record<string, string>> = {
  ELOOP: 'it is a symbolic link, and none is followed',
  ENXIO: 'it is a pipe, socket or device, and not a file',
  EFBIG: `it is larger than ${LARGEST_FILE / 1024 / 1024} MB`,
  EACCES: DENIED,
  EPERM: DENIED,
  EIO: 'the disk reports an error: look at the system log',
};

/** Why this one file cannot be read, in words; null for an error that is not the file's own. */
export function faultOfFile(error: unknown): string | null {
  if (error instanceof PickleError) return error.message;
  return FAULTS[errorCode(error) ?? ''] ?? null;
}
