import { join } from "node:path";
import { type Proxy, TIMEOUT_S } from "./proxy.ts";

export const haproxy: Proxy = {
  name: "HAProxy",
  file: "haproxy.cfg",
  program: ["haproxy", "-v"],
  args: (file) => ["-db", "-f", file],
  changes: (at) => [
    ["bind :443", `bind 127.0.0.1:${at.port}`],
    ["/etc/ssl/chime/all.pem", join(at.folder, "all.pem")],
    ["127.0.0.1:8000", `127.0.0.1:${at.chimePort}`],
    ["timeout client 60s", `timeout client ${TIMEOUT_S}s`],
    ["timeout server 60s", `timeout server ${TIMEOUT_S}s`],
  ],
};
