import { join } from "node:path";
import { freePort } from "../support/free_port.ts";
import { makeCertificate } from "../support/make_certificate.ts";
import { ROOT } from "../support/pages.ts";
import { startProgram } from "../support/start_program.ts";
import { succeeds } from "../support/succeeds.ts";
import type { Proxy } from "./proxy.ts";

/** A proxy that runs with its file of `deploy/`. */
export interface RunningProxy extends AsyncDisposable {
  /** Where it is reached, such as `https://localhost:41235/`. */
  readonly url: string;
  /** Its certificate, which nobody has signed. */
  readonly certificate: string;
}

/** Why a proxy cannot be run here; `undefined` if it can. */
export async function missingOf(proxy: Proxy): Promise<string | undefined> {
  for (const program of [proxy.program, ["openssl", "version"] as const]) {
    if (!await succeeds(...program)) return `${program[0]} is not installed`;
  }
  return undefined;
}

/**
 * Starts a proxy in front of a Chime.
 *
 * @param edit Changes the file of `deploy/` as its reader would.
 */
export async function startProxy(
  proxy: Proxy,
  chimePort: number,
  edit: (text: string) => string = (text) => text,
): Promise<RunningProxy> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "chime-proxy-" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const files = await makeCertificate(folder);
  const [certificate, key] = await Promise.all([
    Deno.readTextFile(files.certificate),
    Deno.readTextFile(files.key),
  ]);
  await Deno.writeTextFile(join(folder, "all.pem"), certificate + key);
  const [port, otherPort] = [freePort(), freePort()];
  const place = { folder, port, otherPort, chimePort, ...files };
  const shown = await Deno.readTextFile(new URL(`deploy/${proxy.file}`, ROOT));
  const text = proxy.changes(place).reduce(replaced, edit(shown));
  const file = join(folder, proxy.file);
  await Deno.writeTextFile(file, proxy.wrap?.(text, place) ?? text);
  stack.use(
    await startProgram(proxy.program[0], proxy.args(file), [port], {
      HOME: folder,
    }),
  );
  const running = stack.move();
  return {
    url: `https://localhost:${port}/`,
    certificate,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** The text with something else in place of what it says, wherever it says it. */
export function replaced(
  text: string,
  [was, is]: readonly [was: string, is: string],
): string {
  if (!text.includes(was)) {
    throw new Error(`The configuration does not say ${JSON.stringify(was)}`);
  }
  return text.replaceAll(was, is);
}
