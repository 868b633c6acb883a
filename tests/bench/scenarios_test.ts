import { assert, assertEquals } from "@std/assert";
import { PEERS } from "../../bench/peers/mod.ts";
import { SCENARIOS } from "../../bench/scenarios/mod.ts";

/** The generator's own limit, unless a step sets another. */
const LIMIT_S = 120;
const chime = PEERS[0]!;

Deno.test("Scenarios are bounded in clients and in time, and a quick one is no longer than a full one", () => {
  for (const { name, steps } of SCENARIOS) {
    const [quick, full] = [true, false].map((isQuick) => {
      let totalMs = 0;
      for (const { load } of steps(chime, isQuick)) {
        const number = (flag: string) => Number(load[flag] ?? 0);
        const ms = number("warmup-ms") + number("measure-ms");
        const limitMs = 1000 * (number("limit-s") || LIMIT_S);
        assert(number("clients") <= 15_000, name);
        assert(ms < limitMs, name);
        totalMs += ms;
      }
      return totalMs;
    });
    assert(quick! <= full!, name);
  }
});

Deno.test("Scenarios measure Chime with both listeners, with and without workers", () => {
  const names = PEERS.map(({ name }) => name);
  const ours = ["chime", "chime_workers", "chime_node", "chime_node_workers"];
  assertEquals(names.slice(0, ours.length), ours);
  assertEquals(new Set(names).size, names.length);
  for (const { name, lacks } of SCENARIOS) {
    if (name === "soak") continue;
    for (const peer of PEERS.slice(0, ours.length)) {
      assertEquals(lacks(peer), undefined, `${name}: ${peer.name}`);
    }
  }
});
