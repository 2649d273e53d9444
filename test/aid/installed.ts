import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** A folder of an application with the package installed from its tarball. */
export interface PackedPackage {
  folder: string;
  /** Where the package lies. */
  root: string;
  remove: () => void;
}

/**
 * Packs the package and unpacks the tarball to where an application in a new folder finds it.
 * @param built the folder of the built package
 * @param others packages of this project that the application has too, by the name under which it imports them
 */
export function installPacked(built: string, others: Readonly<Record<string, string>> = {}): PackedPackage {
  const folder = mkdtempSync(join(tmpdir(), 'moin-sessions-packed-'));
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', pack, { cwd: built, encoding: 'utf8' }));
  const root = join(folder, 'node_modules', 'moin-sessions');
  mkdirSync(root, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', root, '--strip-components', '1']);
  symlinkSync(MODULES, join(root, 'node_modules'), 'dir');
  for (const [name, ours] of Object.entries(others))
    symlinkSync(join(MODULES, ours), join(folder, 'node_modules', name), 'dir');
  return { folder, root, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
