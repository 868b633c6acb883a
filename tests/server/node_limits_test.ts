import { assertEquals } from "@std/assert";
import type { Socket } from "node:net";
import { NodeLimits, type Overdue } from "../../server/node_limits.ts";

/** The part of a socket that is looked at. */
function setUp() {
  const socket = { bytesRead: 0, bytesWritten: 0, writableLength: 0 };
  const limits = new NodeLimits(socket as Socket);
  /** Looks so often, and returns what was found last. */
  const look = (times: number, isIdle: boolean) => {
    let found: Overdue | undefined;
    for (let i = 0; i < times; i++) found = limits.look(isIdle);
    return found;
  };
  return { socket, limits, look };
}

Deno.test("NodeLimits gives the first head 10 s from the connection, with bytes or without", () => {
  const silent = setUp();
  assertEquals(silent.look(10, true), undefined);
  assertEquals(silent.look(1, true), "slow_head");
  const { socket, look } = setUp();
  for (let i = 0; i < 10; i++) {
    socket.bytesRead++;
    assertEquals(look(1, true), undefined);
  }
  assertEquals(look(1, true), "slow_head");
});

Deno.test("NodeLimits gives a later head 10 s from its first byte, also if that is an empty line", () => {
  const { socket, limits, look } = setUp();
  look(5, true);
  socket.bytesRead = 100;
  assertEquals(look(1_000, false), undefined);
  limits.noteAnswered();
  assertEquals(look(1_000, true), undefined);
  socket.bytesRead = 102;
  assertEquals(look(10, true), undefined);
  assertEquals(look(1, true), "slow_head");
});

Deno.test("NodeLimits lets a socket take nothing for 5 min, with a request and without", () => {
  for (const isIdle of [true, false]) {
    const { socket, limits, look } = setUp();
    limits.noteAnswered();
    socket.writableLength = socket.bytesWritten = 1_000;
    assertEquals(look(1, isIdle), undefined);
    assertEquals(look(299, isIdle), undefined);
    assertEquals(look(1, isIdle), "stalled");
  }
});

Deno.test("NodeLimits counts anew when a socket has taken something", () => {
  const { socket, look } = setUp();
  socket.bytesWritten = 3_000;
  socket.writableLength = 1_000;
  look(300, false);
  // It took all, and as much as before was written.
  socket.bytesWritten = 4_000;
  assertEquals(look(300, false), undefined);
  // It took a part.
  socket.writableLength = 999;
  assertEquals(look(300, false), undefined);
  socket.writableLength = 0;
  look(1, false);
  socket.bytesWritten = socket.writableLength = 3_001;
  assertEquals(look(300, false), undefined);
  assertEquals(look(1, false), "stalled");
});
