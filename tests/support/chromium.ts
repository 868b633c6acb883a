import { type Browser, chromium } from "playwright-core";

/** A Chromium that starts, and the environment variables that it needs. */
export interface Executable {
  path: string;
  env: Record<string, string>;
}

const INSTALLED = [
  "/usr/bin/chromium",
  "chromium",
  "chromium-browser",
  "google-chrome",
];
const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * Prints the path of a Chromium from npm, and of the libraries that a bare system lacks. It runs in a process of its
 * own: everything that this process imports is in the lock file, and is downloaded at the first start of Chime.
 */
const FROM_NPM = `
  import chromium from "npm:@sparticuz/chromium@153.0.0";
  const path = await chromium.executablePath();
  const env = { LD_LIBRARY_PATH: Deno.env.get("LD_LIBRARY_PATH") };
  console.log(JSON.stringify({ path, env }));
`;
/** The package unpacks its libraries only where it thinks that it is at home. */
const AT_HOME = { AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" };

/** Finds a Chromium that starts. If none does, prints why and returns `undefined`. */
export async function findChromium(): Promise<Executable | undefined> {
  const asked = Deno.env.get("CHROMIUM");
  const reasons: string[] = [];
  for (const path of asked ? [asked, ...INSTALLED] : INSTALLED) {
    try {
      return await started({ path, env: {} });
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  try {
    const args = ["eval", "--no-lock", "--no-config", FROM_NPM];
    const found = await outputOf(Deno.execPath(), args, AT_HOME);
    return await started(JSON.parse(found));
  } catch (error) {
    reasons.push(reasonOf(error));
    console.log(`No browser to test with:\n${reasons.join("\n")}`);
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function started(executable: Executable): Promise<Executable> {
  await outputOf(executable.path, ["--version"], executable.env);
  return executable;
}

async function outputOf(
  path: string,
  args: string[],
  env: Record<string, string>,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(path, {
    args,
    env,
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  if (!success) throw new Error(`${path} failed: ${text.decode(stderr)}`);
  return text.decode(stdout);
}

export function launch({ path, env }: Executable): Promise<Browser> {
  return chromium.launch({
    executablePath: path,
    args: QUIET,
    // Readers' browsers keep pages for the way back.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
    env: { ...Deno.env.toObject(), ...env },
  });
}
