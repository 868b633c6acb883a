import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { publish } from "../support/publish.ts";
import { startServer } from "../support/server_process.ts";

Deno.test("Chime starts with its options from the environment alone", async () => {
  await using server = await startServer([], {
    env: {
      CHIME_HOST: "localhost",
      HOST: "host.invalid",
      CHIME_PORT: "0",
      PORT: "none",
      CHIME_TOKEN: "t",
      CHIME_JOURNAL: "memory:",
      CHIME_RETAIN_EVENTS: "10",
      CHIME_RETAIN_FOR: "1h",
      CHIME_REDIS_KEY: "key",
      CHIME_MAX_BODY: "4",
      CHIME_CORS_ORIGIN: "https://a.test, https://b.test",
      CHIME_WORKERS: "1",
    },
  });
  await publish(server.url, "news", "four");
  await assertRejects(() => publish(server.url, "news", "fives"), Error, "413");
  const { headers } = await fetch(`${server.url}sse/`, {
    method: "OPTIONS",
    headers: {
      "origin": "https://b.test",
      "access-control-request-method": "GET",
    },
  });
  assertEquals(headers.get("access-control-allow-origin"), "https://b.test");
});

Deno.test("Chime names the variable that it cannot use, and does not start", async () => {
  const error = await assertRejects(
    () => startServer([], { env: { CHIME_PORT: "", PORT: "none" } }),
    Error,
  );
  assertStringIncludes(
    error.message,
    'error Cannot use PORT "none": must be a whole number from 0 to 65535\n',
  );
});
