/** Where a Redis is, and the user, the password and the database to use there. */
export interface RedisAddress {
  host: string;
  port: number;
  /** Whether the connection is encrypted, and the server's certificate checked. */
  isSecure: boolean;
  /** Where absent, Redis's own default. */
  username?: string;
  password?: string;
  database: number;
}

const DEFAULT_PORT = 6379;

/**
 * Parses `redis://[[user]:password@]host[:port][/database]`, or `rediss://` for TLS.
 *
 * @throws {SyntaxError} The text is no such URL. The message does not quote the text, which may hold a password.
 */
export function parseRedisUrl(text: string): RedisAddress {
  const url = URL.parse(text);
  const isSecure = url?.protocol === "rediss:";
  const database = /^\/?(\d{0,9})$/.exec(url?.pathname ?? "");
  if (!url || !(isSecure || url.protocol === "redis:") || !url.hostname) {
    throw malformed("begin with redis:// or rediss:// and name a host");
  }
  if (!database) throw malformed("have no path but the number of a database");
  if (url.search || url.hash) throw malformed("have no query and no fragment");
  const address: RedisAddress = {
    // IPv6 addresses stand in brackets in URLs only.
    host: url.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(url.port || DEFAULT_PORT),
    isSecure,
    database: Number(database[1]),
  };
  if (url.username) address.username = decode(url.username);
  if (url.password) address.password = decode(url.password);
  return address;
}

function decode(credential: string): string {
  try {
    return decodeURIComponent(credential);
  } catch {
    throw malformed(
      "hold its user and password as percent-encoded UTF-8",
    );
  }
}

function malformed(rule: string): SyntaxError {
  return new SyntaxError(`the URL of Redis must ${rule}`);
}
