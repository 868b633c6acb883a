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
