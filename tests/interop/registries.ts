/** Where libraries come from. Each registry has a folder here, with a driver for each of its libraries. */
export type Registry = "npm" | "pypi" | "go" | "crates" | "maven";

interface Installed {
  /** The command of its drivers, without the library's name; run in the registry's folder. */
  command: readonly string[];
  /** What is there once `tests/interop/install` has installed it. */
  made: string;
}

const JAR_PATH = "target/dependency/*:target/classes";

export const REGISTRIES: Record<Registry, Installed> = {
  npm: {
    command: ["node", "--no-warnings", "main.mjs"],
    made: "node_modules/.package-lock.json",
  },
  pypi: { command: [".venv/bin/python", "main.py"], made: ".venv/bin/python" },
  go: { command: ["./drivers"], made: "drivers" },
  crates: {
    command: ["target/debug/drivers"],
    made: "target/debug/drivers",
  },
  maven: {
    command: ["java", "-XX:+UseSerialGC", "-cp", JAR_PATH, "Drivers"],
    made: "target/dependency",
  },
};

/** Whether the registry's libraries are installed. If not, it is said so loudly. */
export async function isInstalled(registry: Registry): Promise<boolean> {
  try {
    await Deno.stat(
      new URL(`${registry}/${REGISTRIES[registry].made}`, import.meta.url),
    );
    return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log(
      `SKIPPED: the client libraries from ${registry} are not installed. Run: tests/interop/install ${registry}`,
    );
    return false;
  }
}
