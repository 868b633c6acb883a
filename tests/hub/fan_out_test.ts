import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import fc from "fast-check";
import { compareEventIds, type EventId } from "../../events/event_id.ts";
import { covers } from "../../events/pattern.ts";
import type { Format } from "../../hub/format.ts";
import { EventReader } from "../support/event_reader.ts";
import { after } from "../support/open_stream.ts";
import { idsOf, setUp, take } from "./set_up.ts";

Deno.test("Hub sends what comes to every subscriber of the channel, in order", async () => {
  using chime = setUp();
  const readers = ["a", "a", "b"].map((channel) =>
    new EventReader(chime.open([channel]))
  );
  await chime.publish("a", "1");
  await chime.publish("b", "2", "kind");
  await chime.publish("a", "3");

  const a = [{ data: "1", id: "1-0" }, { data: "3", id: "3-0" }];
  assertEquals(await take(readers[0]!, 2), a);
  assertEquals(await take(readers[1]!, 2), a);
  assertEquals(await take(readers[2]!, 1), [
    { event: "kind", data: "2", id: "2-0" },
  ]);
});

Deno.test("Hub encodes an event once, and its subscribers share the bytes", async () => {
  using chime = setUp();
  const readers = Array.from(
    { length: 3 },
    () => chime.open(["a"]).getReader(),
  );
  await chime.publish("a", "with retry");
  await Promise.all(readers.map((reader) => reader.read()));
  await chime.publish("a", "shared");
  await chime.publish("a", "also");
  const chunks = await Promise.all(readers.map((reader) => reader.read()));
  assertEquals(new Set(chunks.map(({ value }) => value)).size, 1);
});

Deno.test("Hub carries several channels on one stream in one order, with the channel in the type", async () => {
  using chime = setUp();
  const reader = new EventReader(chime.open(["b", "a", "b"]));
  await chime.publish("a", "1");
  await chime.publish("c", "not asked for");
  await chime.publish("b", "2", "kind");
  await chime.publish("a", "3");
  assertEquals(await take(reader, 3), [
    { event: "a", data: "1", id: "1-0" },
    { event: "b#kind", data: "2", id: "3-0" },
    { event: "a", data: "3", id: "4-0" },
  ]);
  assertEquals(chime.hub.subscribersOf("a"), 1);
  assertEquals(chime.hub.subscribersOf("b"), 1);
});

Deno.test("Hub gives a subscriber all that came since, whatever another one took before", async () => {
  using chime = setUp();
  const [early, late] = [0, 1].map(() => chime.open(["a"]).getReader());
  await chime.publish("a", "1");
  await early!.read();
  await chime.publish("a", "2");
  const { value } = await late!.read();
  assertEquals(new TextDecoder().decode(value).match(/^id:/gm)!.length, 2);
});

Deno.test("Hub brings every subscriber each event of its channels once and in order, whatever happens meanwhile", async () => {
  const names = ["a", "b", "n.a", "n.v.a"];
  const channels = fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 });
  const selectors = fc.uniqueArray(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...names) },
      { weight: 1, arbitrary: fc.constantFrom("*", "n.*", "n.v.*", "x.*") },
    ),
    { minLength: 1, maxLength: 4 },
  );
  const format = fc.constantFrom<Format[]>("named", "flat", "json");
  const action = fc.oneof(
    { weight: 4, arbitrary: fc.record({ publish: channels }) },
    { weight: 1, arbitrary: fc.record({ skip: channels }) },
    { weight: 1, arbitrary: fc.record({ epoch: fc.constant(true) }) },
    { weight: 2, arbitrary: fc.record({ open: selectors, format }) },
    { weight: 3, arbitrary: fc.record({ read: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ cut: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ settle: fc.constant(true) }) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      async (actions, maxFrames) => {
        using chime = setUp({ maxFrames, maxBytes: 10_000 });
        /** A client with what it has seen; it comes back with its last id. */
        interface Reader {
          channels: string[];
          format: Format;
          seen: EventId[];
          first: EventId;
          reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
          read: Promise<void> | undefined;
        }
        const clients: Reader[] = [];
        const connect = (client: Reader) => {
          const stream = chime.open(
            client.channels,
            after(client.seen.at(-1) ?? client.first),
            client.format,
          );
          client.reader = stream.getReader();
        };
        const read = (client: Reader) => {
          client.read ??= client.reader!.read().then(({ value }) => {
            client.read = undefined;
            const text = new TextDecoder().decode(value);
            assert(!/lagged|reset/.test(text), text);
            for (const id of idsOf(text)) {
              client.seen.push(id as EventId);
            }
          });
          return client.read;
        };
        for (const act of actions) {
          if ("publish" in act) {
            const events = act.publish.map((name) =>
              chime.history.add(name, "")
            );
            chime.hub.append(events, events.at(-1)!.id);
          } else if ("skip" in act) {
            for (const name of act.skip) chime.history.add(name, "");
            chime.hub.skip(chime.history.last);
          } else if ("epoch" in act) {
            const { length } = chime.history.records;
            const name = `${length}`.padStart(6, "e");
            const note = chime.history.beginEpoch(name);
            chime.hub.append([note], note.id);
          } else if ("open" in act) {
            const first = chime.hub.position.id;
            const client = {
              channels: act.open,
              format: act.format,
              seen: [],
              first,
              reader: undefined,
              read: undefined,
            };
            clients.push(client);
            connect(client);
          } else if ("settle" in act) {
            await delay(0);
          } else if (clients.length > 0) {
            const at = "read" in act ? act.read : act.cut;
            const client = clients[at % clients.length]!;
            if ("read" in act) read(client);
            else {
              await client.reader!.cancel();
              await client.read;
              connect(client);
            }
          }
        }
        await chime.hub.append([], chime.history.last);
        for (const client of clients) {
          const wanted = chime.history.events
            .filter(({ channel }) =>
              client.channels.some((asked) => covers(asked, channel))
            )
            .map(({ id }) => id)
            .filter((id) => compareEventIds(id, client.first) > 0);
          while (client.seen.length < wanted.length) await read(client);
          assertEquals(client.seen, wanted);
        }
        chime.hub.closeAll({ state: "draining" });
        await Promise.all(clients.map(({ read }) => read));
      },
    ),
    { numRuns: 300 },
  );
});
