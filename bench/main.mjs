import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

const PARTS = {
  session: async () => (await import('./one-session.mjs')).oneSession,
  http: async () => (await import('./http.mjs')).http,
  admin: async () => (await import('./admin.mjs')).admin,
  growth: async () => (await import('./growth.mjs')).growth,
  start: async () => (await import('./start.mjs')).start,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, sessions: { type: 'string' }, seconds: { type: 'string' } },
});
const unknown = positionals.find((name) => !(name in PARTS));
if (unknown !== undefined) {
  console.error(`there is no part ${unknown}: choose from ${Object.keys(PARTS).join(', ')}`);
  process.exit(2);
}

console.log(`Node ${process.version}, ${process.platform}, ${cpus().length} processors`);
const given = Object.fromEntries(Object.entries(values).map(([name, text]) => [name, Number(text)]));
for (const name of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
  console.log(`\n## ${name}`);
  const part = await PARTS[name]();
  await part({ rounds: 5, ...given });
}
