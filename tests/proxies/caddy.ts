import { type Proxy, TIMEOUT_S } from "./proxy.ts";

export const caddy: Proxy = {
  name: "Caddy",
  file: "Caddyfile",
  program: ["caddy", "version"],
  args: (file) => ["run", "--config", file, "--adapter", "caddyfile"],
  changes: (at) => [
    [
      "chime.example.com {",
      `https://localhost:${at.port} {
	bind 127.0.0.1
	tls ${at.certificate} ${at.key}`,
    ],
    ["127.0.0.1:8000", `127.0.0.1:${at.chimePort}`],
    ["read_timeout 60s", `read_timeout ${TIMEOUT_S}s`],
  ],
  wrap: (text) => `
{
	admin off
	auto_https off
	grace_period 1s
}
${text}`,
};
