import { join } from "node:path";
import { hasDjango } from "./django.ts";
import { freePort } from "./free_port.ts";
import { makeCertificate } from "./make_certificate.ts";
import { hasNginx, startNginx } from "./nginx.ts";
import { succeeds } from "./succeeds.ts";

/** Why no Django site can be started here with nginx and TLS; `undefined` if one can. */
export const siteMissing: string | undefined = !hasDjango
  ? "Python has no Django"
  : !hasNginx
  ? "nginx is not installed"
  : !await succeeds("openssl", "version")
  ? "openssl is not installed"
  : undefined;

/** What is served by one nginx with TLS. */
export interface NginxSite extends AsyncDisposable {
  /** The site, whose `/sse/` is Chime's: `https://localhost:…`. */
  readonly url: string;
  /** A page of another site: `https://127.0.0.1:…`. */
  readonly otherUrl: string;
}

/** Where nginx listens, and where it finds the site and Chime. */
interface Ports {
  readonly site: number;
  readonly chime: number;
  readonly nginx: number;
  readonly other: number;
}

/** Starts an nginx for a site and a Chime, which listen on these ports. */
export async function startNginxSite(
  servers: Pick<Ports, "site" | "chime">,
): Promise<NginxSite> {
  const ports = { ...servers, nginx: freePort(), other: freePort() };
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "chime-site-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const { certificate, key } = await makeCertificate(folder);
  await Deno.writeTextFile(join(folder, "other.html"), "<title>other</title>");
  const http = nginxConfiguration(folder, ports, certificate, key);
  stack.use(await startNginx(folder, http, [ports.nginx, ports.other]));
  const open = stack.move();
  return {
    url: `https://localhost:${ports.nginx}/`,
    otherUrl: `https://127.0.0.1:${ports.other}/other.html`,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

function nginxConfiguration(
  folder: string,
  ports: Ports,
  certificate: string,
  key: string,
): string {
  return `  ssl_certificate ${certificate};
  ssl_certificate_key ${key};
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header X-Forwarded-Host $http_host;
  server {
    listen 127.0.0.1:${ports.nginx} ssl http2;
    location / { proxy_pass http://127.0.0.1:${ports.site}; }
    location /sse/ {
      proxy_pass http://127.0.0.1:${ports.chime};
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_read_timeout 60s;
    }
  }
  server {
    listen 127.0.0.1:${ports.other} ssl http2;
    root ${folder};
    types { text/html html; }
  }
`;
}
