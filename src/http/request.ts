/** Header fields by name. */
export interface HeaderFields {
  readonly [name: string]: string | readonly string[] | undefined;
}

/** What an adapter knows of a request: all that the auth chain works with. */
export interface IncomingRequest {
  /** `GET`, `POST`, … Default `GET`. */
  method?: string;
  /** Path and query, as in the request line. Default `/`. */
  url?: string;
  /** Header fields, as `node:http` gives them, or as `Headers` of a Fetch request. Names in any spelling. */
  headers?: HeaderFields | Iterable<readonly [string, string]>;
  /** The peer's IP address: of the proxy, if there is one. */
  remoteAddress?: string | undefined;
  /** The connection itself is TLS. */
  secure?: boolean | undefined;
  /** The peer's verified certificate, if it showed one; only `ssl_client_cert` looks at it. */
  clientCertificate?: ClientCertificate | undefined;
  /** What a login or logout form sent. */
  form?: LoginForm | undefined;
  /** The body, if it was parsed: for `passport`, whose strategies look for fields of their own. */
  body?: unknown;
  /** The server's own request object, for methods that need more than stands here; `passport` hands it to strategies. */
  raw?: unknown;
}

/** The fields of a login form, or of a logout button. */
export interface LoginForm {
  login?: boolean;
  logout?: boolean;
  name?: string;
  password?: string;
  /** "Remember me": a lifetime that may be "forever" (spec 3, Lifetimes). */
  rememberMe?: boolean;
}

export interface ClientCertificate {
  /** Verified against the server's authorities. */
  authorized: boolean;
  /** The subject, by attribute name: `{ CN: 'alice', O: 'Example' }`. */
  subject: { readonly [attribute: string]: string | readonly string[] | undefined };
}
