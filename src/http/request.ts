/** Header fields by name. */
export interface HeaderFields {
  readonly [name: string]: string | readonly string[] | undefined;
}

/** A request as an adapter gives it to the auth chain. */
export interface IncomingRequest {
  /** `GET`, `POST`, … Default `GET`. */
  method?: string;
  /** Path and query, as in the request line. Default `/`. */
  url?: string;
  /** Header fields, as `node:http` gives them, or as `Headers` of a Fetch request. Names may be in any case. */
  headers?: HeaderFields | Iterable<readonly [string, string]>;
  /** The peer's IP address: of the proxy, if there is one. */
  remoteAddress?: string | undefined;
  /** The connection itself is TLS. */
  secure?: boolean | undefined;
  /** The peer's certificate, if it sent one. Only `ssl_client_cert` reads it. */
  clientCertificate?: ClientCertificate | undefined;
  /** The fields of a login or logout form. */
  form?: LoginForm | undefined;
  /** The parsed body, if any. The strategies of `passport` read their fields there. */
  body?: unknown;
  /** The server's own request object, for methods that need more; `passport` passes it to strategies. */
  raw?: unknown;
}

/** The fields of a login form, or of a logout button. */
export interface LoginForm {
  login?: boolean;
  logout?: boolean;
  name?: string;
  password?: string;
  /** "Remember me": asks for a longer lifetime (spec 3, Lifetimes). */
  rememberMe?: boolean;
}

export interface ClientCertificate {
  /** Whether one of the server's authorities signed it. */
  authorized: boolean;
  /** The subject, by attribute name: `{ CN: 'alice', O: 'Example' }`. */
  subject: { readonly [attribute: string]: string | readonly string[] | undefined };
}
