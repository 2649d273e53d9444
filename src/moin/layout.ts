/** The two ways in which MoinMoin keeps sessions: 1.6 as of April 2007, and 1.9. */
export type Layout = '1.6' | '1.9';

/** The folders of a wiki. All absolute. */
export interface WikiFolders {
  layout: Layout;
  /** The folder with one file for each session. */
  sessionDir: string;
  /** The folder with one file for each user; null when it is not there. */
  userDir: string | null;
  /** The folder with the secrets of the users (1.6); null when it is not there. */
  secretsDir: string | null;
}

/**
 * Finds the folders of a wiki.
 * @param dir absolute: the wiki's folder that holds `data`, the folder `data`, or the folder of the sessions itself
 * @throws StoreError that says what was looked for; also when both layouts are there: then name the folder of the sessions
 */
export function findLayout(dir: string): WikiFolders {
  throw new Error(`not written yet: ${dir}`);
}
