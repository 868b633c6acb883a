import { VERSION } from "../../config/help.ts";
import { compile } from "../../tools/compile.ts";
import { benchPath } from "../paths.ts";
import type { Peer } from "../peer.ts";

const EXECUTABLE = benchPath("build/chime");
const TOKEN = "bench";

/** Another executable to measure, such as a release. */
const GIVEN = Deno.env.get("CHIME_EXECUTABLE");

let compiled: Promise<void> | undefined;

/** Chime, compiled from this tree unless `CHIME_EXECUTABLE` names an executable. */
function executable(name: string, about: string, ...options: string[]): Peer {
  return {
    name,
    about,
    version: () => Promise.resolve(`${VERSION}, Deno ${Deno.version.deno}`),
    async command(port) {
      if (!GIVEN) await (compiled ??= compile({ output: EXECUTABLE }));
      return [GIVEN ?? EXECUTABLE, "--port", `${port}`, ...options];
    },
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

export const chime = executable("chime", "Chime, the executable");
export const chimeWorkers = executable(
  "chime_workers",
  "Chime, the executable, a worker for each core",
  "--workers",
  "auto",
);
