import { createHmac } from "node:crypto";
import { capture } from "../capture.ts";
import { peersPath } from "../paths.ts";
import type { Command, Peer } from "../peer.ts";

const PROGRAM = peersPath("bin/mercure");
const KEY = "bench-bench-bench-bench-bench-bench";
/** Topics are URLs. */
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
 * @param transport Returns the URL of the hub's storage in the given folder.
 * @param resumes Whether the hub keeps messages.
 */
function hub(
  name: string,
  about: string,
  transport: (folder: string) => string,
  resumes: boolean,
): Peer {
  const command = (port: number, folder: string): Command => [
    PROGRAM,
    "--addr",
    `127.0.0.1:${port}`,
    "--transport-url",
    transport(folder),
    "--allow-anonymous",
  ];
  return {
    name,
    about,
    version: async () =>
      (await capture(PROGRAM, "--version"))?.split("\n")
        .find((line) => line.includes("version")),
    command,
    // What it keeps, it keeps in a file.
    ...(resumes && { durable: command }),
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

/** The hub with the defaults of its documentation: all messages are kept in a file. https://mercure.rocks */
export const mercure: Peer = hub(
  "mercure",
  "Mercure, each message written to its Bolt file before it is delivered",
  (folder) => `bolt://${folder}/mercure.db`,
  true,
);

/** The hub without its history, so that it waits for no file. */
export const mercureLocal: Peer = hub(
  "mercure_local",
  "Mercure, its local transport: nothing is stored",
  () => "local://local",
  false,
);
