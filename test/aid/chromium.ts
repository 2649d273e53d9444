import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const QUIET = [
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser that the environment variable CHROMIUM names, or the first of the usual names; null if there is none. */
export function pathOfChromium(): string | null {
  const { CHROMIUM, PATH = '' } = process.env;
  const folders = PATH.split(delimiter);
  const usual = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return (CHROMIUM ? [CHROMIUM] : usual).find(isExecutable) ?? null;
}

/** What a test lacks without a browser, for `need`. */
export function missingChromium(): string | null {
  return pathOfChromium() === null ? 'there is no Chromium: install it, or name it in CHROMIUM' : null;
}

/** A browser whose contexts are people who have never been here. @param more arguments for Chromium */
export function openBrowser(more: string[] = []): Promise<Browser> {
  return chromium.launch({ ...started(), args: [...QUIET, ...more] });
}

/** A browser with its cookies in the folder `profile`, which keeps them when it is closed, as a person's does. */
export function openKeptBrowser(profile: string, options: BrowserContextOptions): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, { ...started(), ...options });
}

function started() {
  return { executablePath: pathOfChromium() ?? '', args: QUIET };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
