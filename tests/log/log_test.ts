import { assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { log, print } from "../../log/log.ts";

Deno.test("log() writes a line to standard error, with the stack of the error, if there is one", () => {
  using written = stub(console, "error", () => {});
  const error = new Error("gone");
  log("a stream was cut");
  log("a stream was cut", error);
  assertEquals(written.calls.map(({ args }) => args), [
    ["chime: a stream was cut"],
    ["chime: a stream was cut:", error],
  ]);
});

Deno.test("log() does not throw if standard error cannot be written", () => {
  using written = stub(console, "error", () => {
    throw new Error("No space left on device (os error 28)");
  });
  log("a stream was cut");
  assertEquals(written.calls.length, 1);
});

Deno.test("print() writes a line to standard output", () => {
  using written = stub(console, "log", () => {});
  assertEquals(print("Hello"), true);
  assertEquals(written.calls.map(({ args }) => args), [["Hello"]]);
});

Deno.test("print() logs why standard output cannot be written", () => {
  using logged = stub(console, "error", () => {});
  using _full = stub(console, "log", () => {
    throw new Error("No space left on device (os error 28)");
  });
  assertEquals(print("Hello"), false);
  assertEquals(logged.calls.map(({ args }) => args), [[
    "chime: Cannot write to standard output: No space left on device (os error 28)",
  ]]);
});
