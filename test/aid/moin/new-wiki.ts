import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Layout } from '../../../src/moin/layout.js';
import { PyBytes, PyDict, PyTuple, type PyValue } from '../../../src/moin/pickle/values.js';
import { writePickle } from '../../../src/moin/pickle/write.js';
import { temporaryFolder } from '../folder.js';

/** A wiki that a test fills. */
export class NewWiki {
  readonly data: string;
  readonly layout: Layout;
  readonly sessionDir: string;
  readonly secretsDir: string;
  readonly userDir: string;

  /** An empty wiki in a new folder of this test. */
  constructor(layout: Layout, folder = temporaryFolder()) {
    this.layout = layout;
    this.data = join(folder, 'data');
    this.sessionDir = join(this.data, layout === '1.9' ? 'cache/__session__' : 'cache/__common__/session');
    this.secretsDir = join(this.data, 'cache/__common__/ussc');
    this.userDir = join(this.data, 'user');
    for (const dir of [this.sessionDir, this.userDir]) mkdirSync(dir, { recursive: true });
    if (layout === '1.6') mkdirSync(this.secretsDir);
  }

  /** Writes a session file. @param name text, or bytes that need not be UTF-8 @returns the id of the session */
  session(name: string | Buffer, content: Record<string, PyValue> | Buffer): string {
    const bytes = Buffer.isBuffer(content) ? content : writePickle(dictOf(content));
    writeFileSync(this.pathOf(name), bytes);
    return idOf(name);
  }

  pathOf(name: string | Buffer): Buffer {
    return Buffer.concat([Buffer.from(`${this.sessionDir}/`), Buffer.from(name)]);
  }

  /** Writes a user file. */
  user(id: string, fields: Record<string, string> | Buffer): void {
    const lines = Buffer.isBuffer(fields)
      ? fields
      : Object.entries(fields)
          .map(([key, value]) => `${key}=${value}\n`)
          .join('');
    writeFileSync(join(this.userDir, id), lines);
  }

  /** Writes a file of secrets (1.6). @param userDir as the wiki's server spells it @returns its path */
  secrets(userId: string, secrets: readonly string[], userDir = this.userDir): string {
    const dict = new PyDict(secrets.map((secret, index) => [BigInt(index), PyBytes.from(secret)]));
    const order = secrets.map((_, index) => BigInt(index));
    const path = join(
      this.secretsDir,
      createHash('sha1')
        .update(userId + userDir)
        .digest('hex'),
    );
    writeFileSync(path, writePickle(new PyTuple([dict, order])));
    return path;
  }
}

/** The id of the session in the file of this name. */
export function idOf(name: string | Buffer): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}

/** A dict whose keys are of Python's type str, as in the files of the wikis. */
export function dictOf(content: Record<string, PyValue>): PyDict {
  return new PyDict(Object.entries(content).map(([key, value]) => [PyBytes.from(key), value]));
}
