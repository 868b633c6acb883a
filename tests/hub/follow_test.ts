import { assertEquals } from "@std/assert";
import { follow } from "../../hub/follow.ts";
import { Hub } from "../../hub/hub.ts";
import type { TailBatch } from "../../journal/journal.ts";
import { EventReader } from "../support/event_reader.ts";
import { after, openStream } from "../support/open_stream.ts";
import { ListHistory } from "../support/list_history.ts";

Deno.test("follow begins where the tail does, brings what comes, and tells of a reset", async () => {
  const batches: TailBatch[] = [
    { records: [], last: "5-0" },
    { records: [{ channel: "a", data: "1", id: "6-0" }], last: "6-0" },
    { records: [], last: "2-0", gap: "reset" },
    { records: [{ channel: "a", data: "2", id: "3-0" }], last: "3-0" },
  ];
  using hub = new Hub(new ListHistory(), { saysLive: false });
  const positions: string[] = [];
  const tail = async function* () {
    for (const batch of batches) {
      yield batch;
      positions.push(hub.position.id);
    }
  };
  const reader = new EventReader(openStream(hub, ["a"]));
  const first = reader.take(1);
  await follow(hub, tail());
  assertEquals(positions, ["5-0", "6-0", "2-0", "3-0"]);
  assertEquals((await first)[0]!.data, "1");
  assertEquals((await reader.take(2)).map(({ data }) => data), [
    '{"state":"reset"}',
    "2",
  ]);
});

Deno.test("follow claims nothing of the time before the tail's first batch", async () => {
  const history = new ListHistory();
  for (const data of ["1", "2"]) history.add("a", data);
  using hub = new Hub(history);
  await using _early = new EventReader(openStream(hub, ["a"]));
  const tail = async function* () {
    yield { records: [], last: history.last };
  };
  await follow(hub, tail());
  const events = await new EventReader(openStream(hub, ["a"], after("1-0")))
    .take(2);
  assertEquals(events.map(({ data }) => data), [
    "2",
    '{"state":"resumed","replayed":1}',
  ]);
});
