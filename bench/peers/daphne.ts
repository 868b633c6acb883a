import { capture } from "../capture.ts";
import { benchPath, peersPath } from "../paths.ts";
import type { Peer } from "../peer.ts";
import { OWN_CHANNELS } from "./own_channels.ts";

const PYTHON = peersPath("python/bin/python");
const VERSIONS = `
import platform
from importlib.metadata import version
names = ("daphne", "django", "channels")
print(", ".join([*(f"{n} {version(n)}" for n in names), f"Python {platform.python_version()}"]))
`;

/** Django's own server for async views: https://github.com/django/daphne */
export const daphne: Peer = {
  name: "daphne",
  about: "an async Django view on Daphne, an async generator per client",
  version: () => capture(PYTHON, "-c", VERSIONS),
  command: (port) => [
    PYTHON,
    "-m",
    "daphne",
    // No server here writes a line for each request.
    "--verbosity",
    "0",
    // By default only 50 connections may wait to be accepted, fewer than come at once.
    "--endpoint",
    `tcp:${port}:interface=127.0.0.1:backlog=4096`,
    "daphne_django:application",
  ],
  env: { PYTHONPATH: benchPath("servers"), PYTHONDONTWRITEBYTECODE: "1" },
  clock: "/sse/",
  channels: OWN_CHANNELS,
};
