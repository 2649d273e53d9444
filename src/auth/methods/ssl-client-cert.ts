import { ConfigurationError } from '../../base/errors.js';
import type { AuthMethod, AuthRequest, AuthResult, AuthSite, Known } from '../method.js';
import { establishedBefore, vouchedUser } from './vouched-user.js';

export interface SslClientCertOptions {
  /** The attribute of the certificate's subject that holds the user's name. Default `CN`. */
  attribute?: string;
}

/**
 * `ssl_client_cert`: takes the name from the subject of the verified TLS client certificate. For servers that end TLS
 * themselves, with the options `requestCert: true` and `ca`. It ignores a certificate that the server did not verify.
 * Behind a proxy that checks certificates, use `remote_user`.
 * @throws ConfigurationError when `attribute` is not a name
 */
export function sslClientCert({ attribute = 'CN' }: SslClientCertOptions = {}): AuthMethod {
  if (typeof attribute !== 'string' || attribute === '')
    throw new ConfigurationError("'attribute' of ssl_client_cert must name a subject attribute, such as CN");
  return {
    name: 'ssl_client_cert',
    async authenticate(request: AuthRequest, known: Known, { users }: AuthSite): Promise<AuthResult> {
      const passed = { user: known.user, continue: true };
      const established = establishedBefore(known);
      if (established !== null) return established;
      const { clientCertificate } = request;
      if (clientCertificate === undefined) {
        return { ...passed, reason: 'no-certificate', text: 'the client showed no certificate' };
      }
      if (clientCertificate.authorized !== true) {
        const text = 'the certificate is not from an authority that this server trusts';
        return { ...passed, reason: 'unverified-certificate', text };
      }
      const { subject } = clientCertificate;
      const name = Object.hasOwn(subject, attribute) ? subject[attribute] : undefined;
      if (typeof name !== 'string' || name === '') {
        const text = `the certificate's subject has not exactly one ${attribute}`;
        return { ...passed, reason: 'no-name', text };
      }
      return vouchedUser(name, 'ssl_client_cert', known, users);
    },
  };
}
