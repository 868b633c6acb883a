import { assert, assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { EventLog } from "../../../islands/channels/event_log.ts";
import { readOlder } from "../../../islands/channels/newest_events.ts";
import { MemoryJournal } from "../../../journal/memory/journal.ts";
import { inProcess } from "../../support/in_process.ts";

for (const maxEvents of [1_003, 10_000]) {
  Deno.test(`readOlder() finds what is before a thousand events that are here, with ${maxEvents} kept`, async () => {
    const journal = new MemoryJournal({
      maxEvents,
      maxAgeMs: 86_400_000,
      maxBytes: 128 * 1024 ** 2,
    });
    await using chime = inProcess({ journal });
    const log = new EventLog();
    let lastId = "";
    const publish = async (data: string) => {
      const answer = await chime.publish("/sse/news", data);
      ({ id: lastId } = await answer.json());
    };
    for (const data of ["a", "b", "c", "d", "e"]) await publish(data);
    await chime.time.tickAsync(600_000);
    for (let i = 0; i < 1_000; i++) {
      await publish(`${i}`);
      log.addEvent({ id: lastId, channel: "news", type: "", data: `${i}` });
    }
    const urls: string[] = [];
    using _ = stub(
      globalThis,
      "fetch",
      ((url: string, init: RequestInit) => {
        urls.push(url);
        return chime.request(`/${url}`, init);
      }) as typeof fetch,
    );
    const readAll = async () => {
      let isDone = false;
      const reading = readOlder("sse/news", log, lastId, undefined)
        .finally(() => isDone = true);
      // A long replay is sent in parts.
      while (!isDone) await chime.time.tickAsync(10);
      const events = await reading;
      return log.addOlder(
        events!.map(({ id, data }) => ({
          id: id!,
          channel: "news",
          type: "",
          data,
        })),
      );
    };
    const kept = Math.min(5, maxEvents - 1_000);
    assertEquals(await readAll(), kept);
    const [first] = log.blocks[0]!.rows;
    assert("data" in first!);
    assertEquals(first.data, "abcde".at(-kept));
    assertEquals(await readAll(), 0);
    assertEquals(urls.at(-1), "sse/news?since=earliest");
  });
}
