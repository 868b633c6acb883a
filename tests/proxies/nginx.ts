import { nginxHttp } from "../support/nginx_http.ts";
import { type Proxy, TIMEOUT_S } from "./proxy.ts";

export const nginx: Proxy = {
  name: "nginx",
  file: "nginx.conf",
  program: ["nginx", "-v"],
  args: (file) => ["-e", "stderr", "-c", file],
  changes: (at) => [
    ["listen 443", `listen 127.0.0.1:${at.port}`],
    ["/etc/ssl/chime/fullchain.pem", at.certificate],
    ["/etc/ssl/chime/privkey.pem", at.key],
    ["127.0.0.1:8000", `127.0.0.1:${at.chimePort}`],
    ["proxy_read_timeout 60s", `proxy_read_timeout ${TIMEOUT_S}s`],
  ],
  wrap: (text, { folder }) => nginxHttp(folder, text),
};
