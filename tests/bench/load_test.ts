import { assert, assertEquals } from "@std/assert";
import { capture } from "../../bench/capture.ts";
import {
  buildLoad,
  type LoadFlags,
  type LoadResult,
  runLoad,
} from "../../bench/load.ts";
import { FaultyServer } from "./faulty_server.ts";

const HAS_COMPILER = await capture("cc", "--version") !== undefined;
const CLIENTS = 20;

let built: Promise<void> | undefined;

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: HAS_COMPILER ? name : `${name} (skipped: no cc)`,
    ignore: !HAS_COMPILER,
    fn,
  });
}

async function load(
  server: FaultyServer,
  flags: LoadFlags,
): Promise<LoadResult> {
  await (built ??= buildLoad());
  let restarted: Promise<void> | undefined;
  const result = await runLoad({
    port: server.port,
    clients: CLIENTS,
    publishers: 1,
    rate: 50,
    "warmup-ms": 100,
    "limit-s": 20,
    ...flags,
  }, (phase) => {
    if (phase === "kill") restarted = server.restart();
  });
  await restarted;
  return result;
}

/** Each client is cut once. */
const CUTS = { "cut-ms": 200, "measure-ms": 1_000 };

test("The load generator sees that clients that were cut get everything once", async () => {
  await using server = new FaultyServer();
  const result = await load(server, CUTS);
  const { due, deliveries, undelivered, missed, stale, lost } = result;
  assertEquals(result.cut, CLIENTS);
  assertEquals(server.resumed, CLIENTS);
  assertEquals(result.back.count, CLIENTS);
  assert(due > 0);
  assertEquals([deliveries, undelivered, missed, stale, lost], [
    due,
    0,
    0,
    0,
    0,
  ]);
});

test("The load generator counts what clients that were cut have lost", async () => {
  await using server = new FaultyServer({ loses: true });
  const { undelivered, missed, stale } = await load(server, CUTS);
  assertEquals([undelivered, missed, stale], [CLIENTS, CLIENTS, 0]);
});

test("The load generator counts what clients that were cut got twice, and does not take it for what they lost", async () => {
  await using server = new FaultyServer({ repeats: true });
  const result = await load(server, CUTS);
  const { undelivered, missed, stale, due, deliveries } = result;
  assertEquals([undelivered, missed, stale], [0, 0, CLIENTS]);
  // The ids of one client in 16 are checked.
  assertEquals(result.badIds, Math.ceil(CLIENTS / 16));
  assertEquals(deliveries, due + CLIENTS);
});

test("The load generator has the server killed, and waits until all clients are live and complete", async () => {
  await using server = new FaultyServer();
  const result = await load(server, { kill: 1 });
  assertEquals(server.resumed, CLIENTS);
  assertEquals(result.back.count, CLIENTS);
  // The server asks for 100 ms.
  assert(result.back.max >= 100);
  const { undelivered, missed, stale, lost, timedOut } = result;
  assertEquals([undelivered, stale, lost], [0, 0, 0]);
  // A message that comes while the server is away is refused, and is missing for everybody.
  assertEquals(missed % CLIENTS, 0);
  assertEquals(timedOut, false);
});

test("The load generator finds the highest rate that a server holds", async () => {
  await using server = new FaultyServer({ maxRate: 100 });
  const { heldRate, measuredMs, published } = await load(server, {
    publishers: 4,
    rate: 60,
    "ceiling-ms": 1_000,
    "measure-ms": 800,
  });
  // 60 and 90 are held, 135 is not, 99 is.
  assert(heldRate >= 90 && heldRate <= 100, `held ${heldRate}`);
  assert(published * 1_000 / measuredMs <= 110);
});

test("The load generator holds no rate whose deliveries come too late", async () => {
  await using server = new FaultyServer({ delayMs: 50 });
  const { heldRate } = await load(server, {
    rate: 20,
    "ceiling-ms": 40,
    "measure-ms": 800,
  });
  assertEquals(heldRate, 0);
});
