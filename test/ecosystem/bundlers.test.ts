import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../aid/folder.js';
import { need } from '../aid/need.js';
import { NODES } from '../aid/nodes.js';
import { copyModules, install, type Packed, pack, withDependencies } from '../aid/packed.js';
import { logInAlice, page, startProgram, withAlice } from '../aid/program.js';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const installed = existsSync(join(HERE, 'node_modules/webpack'))
  ? null
  : "the bundlers are missing: run 'npm run ecosystem:install'";

/** Each bundler as an application would call it that knows nothing of native modules. Prints its warnings. */
const BUNDLE = `
  import { createRequire } from 'node:module';
  const require = createRequire(${JSON.stringify(HERE)});
  const [, , bundler, format, outfile] = process.argv;
  const isModule = format === 'esm';
  const warnings = [];
  if (bundler === 'esbuild') {
    const { build } = require('esbuild');
    const result = await build({ entryPoints: ['server.js'], bundle: true, platform: 'node', format, outfile, minify: true });
    warnings.push(...result.warnings.map(({ text }) => text));
  } else if (bundler === 'webpack') {
    const { webpack } = require('webpack');
    const output = { path: process.cwd(), filename: outfile, ...(isModule && { module: true, library: { type: 'module' } }) };
    const stats = await new Promise((resolve, reject) => {
      const config = { mode: 'production', target: 'node20', entry: './server.js', experiments: { outputModule: isModule }, output };
      webpack(config, (error, stats) => (error ? reject(error) : resolve(stats)));
    });
    warnings.push(...[...stats.compilation.errors, ...stats.compilation.warnings].map(({ message }) => message));
  } else {
    const { rollup } = require('rollup');
    const { nodeResolve } = require('@rollup/plugin-node-resolve');
    const commonjs = require('@rollup/plugin-commonjs');
    const onwarn = ({ message }) => warnings.push(message);
    const bundle = await rollup({ input: 'server.js', plugins: [nodeResolve(), commonjs()], onwarn });
    await bundle.write({ file: outfile, format });
  }
  console.log(JSON.stringify(warnings));
`;

let packed: Packed;
let application: string;
beforeAll(() => {
  packed = pack();
  application = join(packed.root, '../application');
  install(packed, application);
  cpSync(join(HERE, 'bundled/server.js'), join(application, 'server.js'));
  writeFileSync(join(application, 'package.json'), '{"type":"module"}');
  writeFileSync(join(application, 'bundle.mjs'), BUNDLE);
});
afterAll(() => packed.remove());

/** Bundles the application, and moves the bundle into an empty folder. */
function bundle(bundler: string, format: string): { folder: string; file: string; warnings: string } {
  const file = format === 'esm' ? 'server.mjs' : 'server.cjs';
  const args = ['bundle.mjs', bundler, format, file];
  const warnings = execFileSync(process.execPath, args, { cwd: application, encoding: 'utf8' });
  const folder = temporaryFolder();
  renameSync(join(application, file), join(folder, file));
  return { folder, file, warnings: warnings.trim() };
}

const BUNDLES = ['esbuild', 'webpack', 'rollup'].flatMap((name) => [
  [name, 'esm'] as const,
  [name, 'cjs'] as const,
]);

describe.each(BUNDLES)('a bundle by %s, as %s', (bundler, format) => {
  it('logs in and stays logged in after a restart, beside the addon alone', {
    timeout: 120_000,
  }, async (context) => {
    need(context, installed);
    const { folder, file, warnings } = bundle(bundler, format);
    expect(warnings).toBe('[]');
    copyModules(withDependencies(['fs-native-extensions']), folder);
    await withAlice(join(folder, 'users.json'));
    for (const node of NODES) {
      const env = { STORE: 'file:sessions' };
      const first = await startProgram(folder, file, env, node);
      const cookie = await logInAlice(first.url);
      await first.stop();
      const second = await startProgram(folder, file, env, node);
      expect(await page(second.url, cookie)).toBe('alice 1');
      expect(await page(second.url, '')).toBe('nobody 0');
      await second.stop();
    }
  });

  it('says without the addon what to do, and runs with a memory store', {
    timeout: 120_000,
  }, async (context) => {
    need(context, installed);
    const { folder, file } = bundle(bundler, format);
    await withAlice(join(folder, 'users.json'));
    const withFiles = await startProgram(folder, file, { STORE: 'file:sessions' });
    expect(await logInAlice(withFiles.url)).toBe('');
    await withFiles.said(
      /run 'npm install fs-native-extensions' in the folder of the program, or of its bundle/,
    );
    await withFiles.stop();
    const inMemory = await startProgram(folder, file, { STORE: 'memory:', SECRET: 'x'.repeat(32) });
    expect(await page(inMemory.url, await logInAlice(inMemory.url))).toBe('alice 1');
    await inMemory.stop();
  });
});
