import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createSecureServer, type Http2ServerResponse } from 'node:http2';
import { createServer, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSessions, type SessionsOptions, sslClientCert } from '../../../src/index.js';
import { type Visited, withSessions } from '../../../src/web/node.js';
import { SECRET } from '../../aid/site.js';
import { TestUsers } from '../../aid/users.js';
import { WatchedStore } from '../../aid/watched-store.js';
import { listen, type Running } from '../../aid/web/listen.js';

let folder: string;
let running: Running;

const pem = (name: string) => readFileSync(join(folder, `${name}.pem`));
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

/** A key and a certificate, signed by `issuer` or by itself. */
function makeCertificate(name: string, subject: string, issuer = name): void {
  const key = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    `${name}-key.pem`,
  ];
  if (issuer === name) {
    openssl('req', '-x509', ...key, '-subj', subject, '-days', '2', '-out', `${name}.pem`);
    return;
  }
  openssl('req', '-new', ...key, '-subj', subject, '-out', `${name}.csr`);
  writeFileSync(join(folder, 'extensions'), 'subjectAltName=IP:127.0.0.1\n');
  const signing = ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}-key.pem`, '-CAcreateserial', '-days', '2'];
  openssl('x509', '-req', '-in', `${name}.csr`, ...signing, '-extfile', 'extensions', '-out', `${name}.pem`);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  makeCertificate('authority', '/CN=authority');
  makeCertificate('server', '/CN=server', 'authority');
  makeCertificate('alice', '/O=Example/CN=alice/UID=1234', 'authority');
  makeCertificate('mallory', '/CN=alice');
  makeCertificate('twofold', '/CN=alice/CN=root', 'authority');
});

afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => running.close());

const tls = () => ({
  key: pem('server-key'),
  cert: pem('server'),
  ca: pem('authority'),
  requestCert: true,
  rejectUnauthorized: false,
});

async function start(options: Partial<SessionsOptions> = {}): Promise<void> {
  const auth = [sslClientCert(), 'moin_session' as const];
  const sessions = createSessions({ store: new WatchedStore(), secrets: SECRET, auth, ...options });
  const server = createServer(
    tls(),
    withSessions(sessions, ({ visit }, response) => {
      response.end(JSON.stringify({ user: visit.user, reason: visit.trace[0]?.reason }));
    }),
  );
  running = await listen(server, 'https');
}

/** What a client with this certificate gets. */
async function visitWith(certificate: string | null) {
  const own = certificate === null ? {} : { key: pem(`${certificate}-key`), cert: pem(certificate) };
  const sent = request(running.origin, { ca: pem('authority'), agent: false, ...own }).end();
  const [response] = await once(sent, 'response');
  const cookies: string[] = response.headers['set-cookie'] ?? [];
  return { ...((await json(response)) as { user: unknown; reason: string }), cookies };
}

describe('ssl_client_cert, over HTTP/2', () => {
  it('a verified certificate’s CN is the user, and the cookie is Secure', async () => {
    const auth = [sslClientCert(), 'moin_session' as const];
    const sessions = createSessions({ store: new WatchedStore(), secrets: SECRET, auth });
    const handler = ({ visit }: Visited, response: Http2ServerResponse) =>
      response.end(JSON.stringify(visit.user));
    const server = createSecureServer(tls(), withSessions(sessions, handler));
    running = await listen(server as never, 'https');
    const client = connect(running.origin, {
      ca: pem('authority'),
      key: pem('alice-key'),
      cert: pem('alice'),
    });
    const stream = client.request({ ':path': '/' });
    const [headers] = await once(stream, 'response');
    expect(await json(stream)).toMatchObject({ id: 'alice', method: 'ssl_client_cert' });
    expect(String(headers['set-cookie'])).toContain('; Secure');
    client.close();
  });
});

describe('ssl_client_cert, over TLS', () => {
  it('a verified certificate’s CN is the user, and the cookie is Secure (S7, spec 4)', async () => {
    await start();
    const { user, cookies } = await visitWith('alice');
    expect(user).toEqual({ id: 'alice', name: 'alice', method: 'ssl_client_cert' });
    expect(cookies).toEqual([expect.stringMatching(/^MOIN_SESSION=anon\..*; Secure/)]);
  });

  it('one of an unknown authority means nothing', async () => {
    await start();
    expect(await visitWith('mallory')).toMatchObject({ user: null, reason: 'unverified-certificate' });
  });

  it('no certificate, no user', async () => {
    await start();
    expect(await visitWith(null)).toMatchObject({ user: null, reason: 'no-certificate' });
  });

  it('a subject with two names names nobody', async () => {
    await start();
    expect(await visitWith('twofold')).toMatchObject({ user: null, reason: 'no-name' });
  });

  it('another attribute may hold the name', async () => {
    await start({ auth: [{ method: 'ssl_client_cert', attribute: 'UID' }, 'moin_session'] });
    expect(await visitWith('alice')).toMatchObject({ user: { name: '1234' } });
  });

  it('with a directory the user must be in it', async () => {
    const users = new TestUsers();
    users.add('alice', '1');
    await start({ users });
    expect(await visitWith('alice')).toMatchObject({ user: { id: '1' } });
    users.remove('alice');
    expect(await visitWith('alice')).toMatchObject({ user: null, reason: 'unknown-user' });
  });
});
