import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { listen, type Running } from './web/listen.js';

/** The address that the proxy names as the client's (RFC 5737). */
export const CLIENT = '203.0.113.7';

/**
 * A proxy on this machine that terminates TLS, with a certificate of its own.
 * @param upstream the origin of the server behind it
 * @param folder for key and certificate
 */
export async function startTlsProxy(upstream: string, folder: string): Promise<Running> {
  const { hostname, port } = new URL(upstream);
  const proxy = createServer(certificate(folder), (incoming, answer) => {
    const { method, url, headers } = incoming;
    const forwarded = {
      'x-forwarded-proto': 'https',
      'x-forwarded-host': headers.host,
      'x-forwarded-for': CLIENT,
    };
    const options = {
      hostname,
      port,
      method,
      path: url,
      headers: { ...headers, ...forwarded, host: 'upstream' },
    };
    const outgoing = request(options, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  });
  return listen(proxy, 'https');
}

/** Makes a key and a certificate of this machine, `key.pem` and `cert.pem` in the folder. */
export function certificate(folder: string): { key: Buffer; cert: Buffer } {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=127.0.0.1'];
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...names, '-keyout', key, '-out', cert], {
    stdio: 'pipe',
  });
  return { key: readFileSync(key), cert: readFileSync(cert) };
}
