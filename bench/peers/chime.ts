import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { join } from "node:path";
import { VERSION } from "../../config/help.ts";
import { compile } from "../../tools/compile.ts";
import { benchPath } from "../paths.ts";
import type { Command, Peer } from "../peer.ts";

const EXECUTABLE = benchPath("build/chime");
const TOKEN = "bench";

/** Another executable to measure, such as a release. */
const GIVEN = Deno.env.get("CHIME_EXECUTABLE");

let compiled: Promise<void> | undefined;

/** Chime, compiled from this tree unless `CHIME_EXECUTABLE` names an executable. */
function executable(name: string, about: string, ...options: string[]): Peer {
  async function command(port: number, ...more: string[]): Promise<Command> {
    if (!GIVEN) await (compiled ??= compile({ output: EXECUTABLE }));
    return [GIVEN ?? EXECUTABLE, "--port", `${port}`, ...options, ...more];
  }
  return {
    name,
    about,
    version: () => Promise.resolve(`${VERSION}, Deno ${Deno.version.deno}`),
    command: (port) => command(port),
    durable: (port, folder) =>
      command(port, "--journal", `sqlite:${folder}/journal.db`),
    env: { CHIME_TOKEN: TOKEN },
    clock: "/sse/",
    channels: {
      stream: "/sse/{c}",
      publish: "/sse/{c}",
      publishHeaders: [
        `Authorization: Bearer ${TOKEN}`,
        "Content-Type: text/plain",
      ],
      resumes: true,
    },
  };
}

const WORKERS = ["--workers", "auto"];
const NODE = ["--listener", "node"];

export const chime = executable("chime", "Chime, the executable");
export const chimeWorkers = executable(
  "chime_workers",
  "Chime, the executable, a worker for each core",
  ...WORKERS,
);
export const chimeNode = executable(
  "chime_node",
  "Chime, the executable, its listener on node:http",
  ...NODE,
);
export const chimeNodeWorkers = executable(
  "chime_node_workers",
  "Chime, the executable, its listener on node:http, a worker for each core",
  ...NODE,
  ...WORKERS,
);

/** What streams need a right for, and the token that gives it. */
const PRIVATE = ["--private", "*"];
const AUTHORIZATION = `Authorization: Bearer ${TOKEN}`;

/** A secret for JWTs, and one that gives every right. */
const SECRET = "a secret of the benchmark, long enough for HS256";
const JWT_AUTHORIZATION = `Authorization: Bearer ${makeJwt()}`;

export const chimePrivate: Peer = {
  ...chime,
  name: "chime_private",
  about:
    "Chime, the executable, each stream of a private channel, with a token",
  command: async (port, folder) => [
    ...await chime.command(port, folder),
    ...PRIVATE,
  ],
  channels: { ...chime.channels!, streamHeaders: [AUTHORIZATION] },
};

export const chimeJwt: Peer = {
  ...chime,
  name: "chime_jwt",
  about:
    "Chime, the executable, each stream of a private channel, with a JWT, as publishers",
  async command(port, folder) {
    const key = join(folder, "jwt.key");
    await Deno.writeTextFile(key, SECRET);
    const command = await chime.command(port, folder);
    return [...command, ...PRIVATE, "--jwt-key", key];
  },
  channels: {
    ...chime.channels!,
    streamHeaders: [JWT_AUTHORIZATION],
    publishHeaders: [JWT_AUTHORIZATION, "Content-Type: text/plain"],
  },
};

function makeJwt(): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    iat: now,
    exp: now + 86_400,
    chime: { subscribe: ["*"], publish: ["*"] },
  };
  const parts = [{ alg: "HS256" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  const signature = createHmac("sha256", SECRET).update(parts.join("."));
  return [...parts, signature.digest("base64url")].join(".");
}
