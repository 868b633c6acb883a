import { createHmac } from "node:crypto";
import { capture } from "../capture.ts";
import { peersPath } from "../paths.ts";
import type { Peer } from "../peer.ts";

const PROGRAM = peersPath("bin/mercure");
const KEY = "bench-bench-bench-bench-bench-bench";
/** A topic is the address of what its messages are about. */
const TOPIC = "https://example.com/{c}";

function base64Url(text: string): string {
  return new TextEncoder().encode(text).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}

/** A JSON Web Token that may publish to every topic. */
function publisherToken(): string {
  const header = base64Url(JSON.stringify({ alg: "HS256", typ: "JWT" }));
  const claims = base64Url(JSON.stringify({ mercure: { publish: ["*"] } }));
  const signature = createHmac("sha256", KEY).update(`${header}.${claims}`)
    .digest("base64url");
  return `${header}.${claims}.${signature}`;
}

/**
 * @param transport Where the hub keeps its messages, for a folder of its own.
 * @param resumes Whether it keeps them.
 */
function hub(
  name: string,
  about: string,
  transport: (folder: string) => string,
  resumes: boolean,
): Peer {
  return {
    name,
    about,
    version: async () =>
      (await capture(PROGRAM, "--version"))?.split("\n")
        .find((line) => line.includes("version")),
    command: (port, folder) => [
      PROGRAM,
      "--addr",
      `127.0.0.1:${port}`,
      "--transport-url",
      transport(folder),
      "--allow-anonymous",
    ],
    env: { JWT_KEY: KEY },
    channels: {
      stream: `/.well-known/mercure?topic=${TOPIC}`,
      publish: "/.well-known/mercure",
      body: `topic=${TOPIC}&data={m}`,
      publishHeaders: [
        `Authorization: Bearer ${publisherToken()}`,
        "Content-Type: application/x-www-form-urlencoded",
      ],
      resumes,
    },
  };
}

/** The hub with what its documentation has by default, all messages kept in a file: https://mercure.rocks */
export const mercure: Peer = hub(
  "mercure",
  "Mercure, each message written to its Bolt file before it is delivered",
  (folder) => `bolt://${folder}/mercure.db`,
  true,
);

/** The hub without its history, whose file is what the other one waits for. */
export const mercureLocal: Peer = hub(
  "mercure_local",
  "Mercure, its local transport: nothing is stored",
  () => "local://local",
  false,
);
