import { assertEquals } from "@std/assert";
import { Hub } from "../../hub/hub.ts";
import type { Journal, TailBatch } from "../../journal/journal.ts";
import { EventReader } from "../support/event_reader.ts";
import { after, openStream } from "../support/open_stream.ts";
import { ListHistory } from "../support/list_history.ts";

Deno.test("Hub.follow begins where the tail does, brings what comes, and tells of a reset", async () => {
  const batches: TailBatch[] = [
    { events: [], last: "5-0" },
    { events: [{ channel: "a", data: "1", id: "6-0" }], last: "6-0" },
    { events: [], last: "2-0", isReset: true },
    { events: [{ channel: "a", data: "2", id: "3-0" }], last: "3-0" },
  ];
  using hub = new Hub(new ListHistory());
  const positions: string[] = [];
  const journal = {
    async *tail() {
      for (const batch of batches) {
        yield batch;
        positions.push(hub.position.id);
      }
    },
  };
  const reader = new EventReader(openStream(hub, ["a"]));
  const first = reader.take(1);
  await hub.follow(journal as unknown as Journal);
  assertEquals(positions, ["5-0", "6-0", "2-0", "3-0"]);
  assertEquals((await first)[0]!.data, "1");
  assertEquals((await reader.take(2)).map(({ data }) => data), [
    '{"state":"reset"}',
    "2",
  ]);
});

Deno.test("Hub.follow claims nothing of the time before the tail's first batch", async () => {
  const history = new ListHistory();
  for (const data of ["1", "2"]) history.add("a", data);
  using hub = new Hub(history);
  await using _early = new EventReader(openStream(hub, ["a"]));
  const journal = {
    async *tail() {
      yield { events: [], last: history.last };
    },
  };
  await hub.follow(journal as unknown as Journal);
  const events = await new EventReader(openStream(hub, ["a"], after("1-0")))
    .take(2);
  assertEquals(events.map(({ data }) => data), [
    "2",
    '{"state":"resumed","replayed":1}',
  ]);
});
