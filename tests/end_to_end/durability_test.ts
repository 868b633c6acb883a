import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { EventReader } from "../support/event_reader.ts";
import { publish } from "../support/publish.ts";
import { startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";
import { within } from "../support/within.ts";

Deno.test("Every event that was answered with 201 is in the file after kill -9, whole, and no other is torn", async () => {
  const folder = await Deno.makeTempDir({ prefix: "chime-" });
  const file = join(folder, "events.db");
  const args = ["--port", "0", "--token", "t", "--journal", `sqlite:${file}`];
  const answered = new Map<string, string>();
  try {
    for (let round = 0; round < 3; round++) {
      await using server = await startServer(args);
      let isUp = true;
      const publishers = Array.from({ length: 20 }, async (_, i) => {
        for (let n = 0; isUp; n++) {
          const body = `${round} ${i} ${n} `.repeat(50);
          const answer = await publish(server.url, "a", body).catch(() => null);
          if (answer) answered.set(answer.id, body);
        }
      });
      const enough = answered.size + 300;
      await until(() => answered.size >= enough);
      await server.kill("SIGKILL");
      isUp = false;
      await Promise.all(publishers);
    }

    await using server = await startServer(args);
    await using reader = await EventReader.open(
      `${server.url}sse/a?since=earliest`,
    );
    const kept = new Map<string, string>();
    let event;
    while (event?.event !== "status") {
      event = await reader.next();
      if (event!.event !== "status") kept.set(event!.id!, event!.data!);
    }
    for (const [id, body] of answered) assertEquals(kept.get(id), body);
    for (const data of kept.values()) {
      assert(/^(\d+ \d+ \d+ )\1{49}$/.test(data), data);
    }
    await server.kill();

    const database = new DatabaseSync(file);
    const check = database.prepare("PRAGMA integrity_check").get();
    database.close();
    assertEquals({ ...check }, { integrity_check: "ok" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("A client goes on where it was, though the server was killed and started again", async () => {
  const folder = await Deno.makeTempDir({ prefix: "chime-" });
  const journal = `sqlite:${join(folder, "events.db")}`;
  const args = ["--token", "t", "--journal", journal, "--port"];
  try {
    let port;
    const source = await (async () => {
      await using server = await startServer([...args, "0"]);
      port = server.port;
      const source = new EventSource(`${server.url}sse/news`);
      const first = new Promise<MessageEvent>((resolve) => {
        source.addEventListener("message", resolve, { once: true });
      });
      await until(async () =>
        (await publish(server.url, "news", "1")).clients > 0
      );
      await within(first);
      await server.kill("SIGKILL");
      return source;
    })();
    const heard: string[] = [];
    const all = new Promise<void>((resolve) => {
      for (const type of ["message", "status"]) {
        source.addEventListener(type, ({ data }) => {
          heard.push(data);
          if (data === "3") resolve();
        });
      }
    });
    {
      // On another port, so that the client does not come back before the second message.
      await using server = await startServer([...args, "0"]);
      await publish(server.url, "news", "2");
      await server.kill();
    }
    const connected = new Promise((resolve) => {
      source.addEventListener("open", resolve, { once: true });
    });
    await using server = await startServer([...args, `${port}`]);
    await within(connected);
    await publish(server.url, "news", "3");
    await within(all);
    source.close();
    assertEquals(heard, ["2", '{"state":"resumed","replayed":1}', "3"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
