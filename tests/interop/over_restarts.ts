import { type ServerProcess, startServer } from "../support/server_process.ts";
import { sqliteFolder } from "../support/sqlite_folder.ts";

/**
 * Makes the function that starts a Chime, on a port if it is told one. All that it starts have the same journal, which
 * outlives each of them, and are stopped with the stack.
 */
export async function overRestarts(
  stack: AsyncDisposableStack,
): Promise<(port?: number) => Promise<ServerProcess>> {
  const { file } = stack.use(await sqliteFolder());
  return async (port = 0) =>
    stack.use(
      await startServer([
        ...["--port", `${port}`, "--token", "t", "--journal", `sqlite:${file}`],
      ]),
    );
}
