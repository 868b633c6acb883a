import { assertEquals } from "@std/assert";
import { forward, log, sendLogTo } from "../../log/log.ts";
import type { LogRecord } from "../../log/record.ts";
import { FakeTime } from "@std/testing/time";
import { CapturedLog } from "../support/captured_log.ts";

Deno.test("log sends a line with its level, time, message and fields", () => {
  using _time = new FakeTime("2026-11-22T05:30:20.400Z");
  using captured = new CapturedLog();
  log.info("drained");
  log.warn("a stream was refused", { status: 400, path: undefined });
  log.error("a request failed", { error: new Error("gone") });
  log.access({ method: "GET" });
  const time = Date.now();
  assertEquals(
    captured.records.map((record) => ({ ...record, stack: [] })),
    ([
      { level: "info", message: "drained", fields: {} },
      {
        level: "warn",
        message: "a stream was refused",
        fields: { status: 400 },
      },
      {
        level: "error",
        message: "a request failed",
        fields: { error: "Error: gone" },
      },
      { level: "info", message: "request", fields: { method: "GET" } },
    ] as const).map((line) => ({ ...line, time, stack: [] })),
  );
});

Deno.test("log does not throw if its target does", () => {
  let calls = 0;
  const restore = sendLogTo({
    write() {
      calls++;
      throw new Error("No space left on device (os error 28)");
    },
  });
  for (const level of ["info", "warn", "error"] as const) log[level]("x");
  log.access({});
  restore();
  assertEquals(calls, 4);
});

Deno.test("log limits lines of one message, but neither requests nor the lines of other threads", () => {
  using _time = new FakeTime();
  const records: LogRecord[] = [];
  const restore = sendLogTo({ write: (record) => records.push(record) });
  for (let i = 0; i < 20; i++) log.warn("a stream was refused");
  assertEquals(records.length, 10);
  for (let i = 0; i < 20; i++) log.access({});
  assertEquals(records.length, 30);
  for (let i = 0; i < 20; i++) forward(records[0]!);
  assertEquals(records.length, 50);
  restore();
});
