import { assertEquals } from "@std/assert";
import { publish } from "../support/publish.ts";
import { startServer } from "../support/server_process.ts";
import { sqliteFolder } from "../support/sqlite_folder.ts";
import { told } from "../support/told.ts";
import { untilReady } from "./until_ready.ts";

const [RESET, RESUMED] = [
  '{"state":"reset"}',
  (count: number) => `{"state":"resumed","replayed":${count}}`,
];

for (const workers of ["1", "2"]) {
  Deno.test(`Chime tells a client reset that has seen what a restored SQLite file lacks, and resumes all others, with ${workers} worker(s)`, async () => {
    await using at = await sqliteFolder();
    const start = async () => {
      const server = await startServer([
        ...["--port", "0", "--token", "t", "--workers", workers],
        ...["--journal", `sqlite:${at.file}`],
      ]);
      await untilReady(server.url, 200);
      return server;
    };
    const ids: string[] = [];
    const write = async (url: string, ...data: string[]) => {
      for (const text of data) {
        ids.push((await publish(url, "news", text)).id);
      }
    };
    {
      await using server = await start();
      await write(server.url, "1", "2");
      await server.kill();
    }
    await Deno.copyFile(at.file, `${at.file}.backup`);
    {
      await using server = await start();
      await write(server.url, "3", "4");
      assertEquals(await told(server.url, ids[1]!), ["3", "4", RESUMED(2)]);
      await server.kill();
    }
    await Deno.copyFile(`${at.file}.backup`, at.file);
    await using server = await start();
    assertEquals(await told(server.url, ids[3]!), [RESET]);
    assertEquals(await told(server.url, ids[0]!), ["2", RESUMED(1)]);
    // As many as were lost, so that the lost ids lie between others.
    await write(server.url, "5", "6", "7");
    for (const lost of [ids[2]!, ids[3]!]) {
      assertEquals(await told(server.url, lost), [RESET]);
    }
    assertEquals(await told(server.url, ids[1]!), [
      ...["5", "6", "7"],
      RESUMED(3),
    ]);
  });
}
