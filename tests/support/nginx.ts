import { join } from "node:path";
import { nginxHttp } from "./nginx_http.ts";
import { startProgram } from "./start_program.ts";
import { succeeds } from "./succeeds.ts";

/** Whether nginx can be started here. */
export const hasNginx: boolean = await succeeds("nginx", "-v");

/**
 * Starts an nginx, and waits until it listens.
 *
 * @param folder A folder of its own.
 * @param http What its configuration says of HTTP.
 * @param ports The ports on loopback that it listens on.
 */
export async function startNginx(
  folder: string,
  http: string,
  ports: readonly number[],
): Promise<AsyncDisposable> {
  const configuration = join(folder, "nginx.conf");
  await Deno.writeTextFile(configuration, nginxHttp(folder, http));
  return await startProgram(
    "nginx",
    ["-e", "stderr", "-c", configuration],
    ports,
  );
}
