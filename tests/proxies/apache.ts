import { type Proxy, TIMEOUT_S } from "./proxy.ts";

/** Where Debian's package has its modules. */
const MODULES = "/usr/lib/apache2/modules";

/** What Debian enables by itself, as far as it is needed, and what the file says. */
const ENABLED = [
  ...["mpm_event", "authz_core", "alias", "deflate", "filter"],
  ...["ssl", "http2", "headers", "rewrite", "proxy", "proxy_http"],
  ...["proxy_balancer", "lbmethod_byrequests", "slotmem_shm"],
];

export const apache: Proxy = {
  name: "Apache",
  file: "apache.conf",
  program: ["apache2", "-v"],
  holdsBodies: true,
  args: (file) => ["-D", "FOREGROUND", "-f", file],
  changes: (at) => [
    ["*:443", `127.0.0.1:${at.port}`],
    ["/etc/ssl/chime/fullchain.pem", at.certificate],
    ["/etc/ssl/chime/privkey.pem", at.key],
    ["127.0.0.1:8000", `127.0.0.1:${at.chimePort}`],
    ["127.0.0.1:8001", `127.0.0.1:${at.otherPort}`],
    ["ProxyTimeout 60", `ProxyTimeout ${TIMEOUT_S}`],
  ],
  wrap: (text, { folder, port }) => `
ServerRoot ${folder}
DefaultRuntimeDir ${folder}
ServerName localhost
PidFile ${folder}/apache.pid
ErrorLog /dev/stderr
User www-data
Group www-data
Listen 127.0.0.1:${port}
${
    ENABLED.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`)
      .join("\n")
  }
${text}`,
};
