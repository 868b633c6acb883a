import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { SignJWT } from "jose";
import { EventReader } from "../support/event_reader.ts";
import { redisMissing, RedisServer } from "../support/redis_server.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { sqliteFolder } from "../support/sqlite_folder.ts";
import { within } from "../support/within.ts";
import { untilReady } from "./until_ready.ts";

const SECRET = "secret".repeat(6);
const EXPIRED = '{"state":"expired"}';

/** A Chime that takes JWTs, and has private channels alone. */
async function start(
  folder: string,
  journal: string,
  workers = "1",
): Promise<ServerProcess> {
  const key = join(folder, "key");
  await Deno.writeTextFile(key, `${SECRET}\n`);
  const server = await startServer([
    ...["--port", "0", "--token", "t", "--workers", workers],
    ...["--journal", journal, "--private", "*", "--jwt-key", key],
  ]);
  await untilReady(server.url, 200);
  return server;
}

function jwt(sub: string, agoS = 10): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000) - agoS;
  return new SignJWT({ chime: { subscribe: ["*"] } })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(sub).setIssuedAt(iat).setExpirationTime(iat + 3_600)
    .sign(new TextEncoder().encode(SECRET));
}

function openAll(
  { url }: ServerProcess,
  credential: string,
  count: number,
): Promise<EventReader[]> {
  return Promise.all(
    Array.from({ length: count }, () =>
      EventReader.open(`${url}sse/a`, {
        headers: { authorization: `Bearer ${credential}` },
      })),
  );
}

async function statusOf({ url }: ServerProcess, credential: string) {
  const { status, body } = await fetch(`${url}sse/a`, {
    headers: { authorization: `Bearer ${credential}` },
  });
  await body?.cancel();
  return status;
}

async function revoke({ url }: ServerProcess, subject: string): Promise<void> {
  const { status } = await fetch(`${url}subjects?subject=${subject}`, {
    method: "DELETE",
    headers: { authorization: "Bearer t" },
  });
  assertEquals(status, 204);
}

/** The last event of each stream, which must end. */
function lastsOf(readers: readonly EventReader[]): Promise<string[]> {
  return within(
    Promise.all(
      readers.map(async (reader) => (await reader.rest()).at(-1)!.data!),
    ),
  );
}

Deno.test({
  name: "A subject that is revoked loses its streams in every worker",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using at = await sqliteFolder();
    await using server = await start(at.folder, "memory:", "2");
    const credential = await jwt("42");
    const readers = await openAll(server, credential, 16);
    const [other] = await openAll(server, await jwt("43"), 1);
    await revoke(server, "42");
    assertEquals(await lastsOf(readers), Array(16).fill(EXPIRED));
    for (let i = 0; i < 8; i++) {
      assertEquals(await statusOf(server, credential), 401);
    }
    assertEquals(await statusOf(server, await jwt("43")), 200);
    await other![Symbol.asyncDispose]();
  },
});

Deno.test("A subject that was revoked stays so after a restart, over SQLite", async () => {
  await using at = await sqliteFolder();
  const credential = await jwt("42");
  {
    await using server = await start(at.folder, `sqlite:${at.file}`);
    assertEquals(await statusOf(server, credential), 200);
    await revoke(server, "42");
    assertEquals(await statusOf(server, credential), 401);
  }
  await using server = await start(at.folder, `sqlite:${at.file}`);
  assertEquals(await statusOf(server, credential), 401);
  assertEquals(await statusOf(server, await jwt("42", -1)), 200);
});

Deno.test({
  name:
    `A subject that is revoked loses its streams on every instance, and a ticket opens one stream on one of them${
      redisMissing ? ` (skipped: ${redisMissing})` : ""
    }`,
  ignore: redisMissing !== undefined,
  async fn() {
    await using redis = await RedisServer.start();
    await using at = await sqliteFolder();
    await using one = await start(at.folder, redis.url);
    await using two = await start(at.folder, redis.url);
    const credential = await jwt("42");
    const response = await fetch(`${one.url}tickets`, {
      method: "POST",
      headers: { authorization: `Bearer ${credential}` },
    });
    const { ticket } = await response.json();
    const opened = await Promise.all(
      [one, two, one, two].map(async (server) => {
        const { status, body } = await fetch(
          `${server.url}sse/a?ticket=${ticket}`,
        );
        await body?.cancel();
        return status;
      }),
    );
    assertEquals(opened.toSorted(), [200, 401, 401, 401]);
    const readers = [
      ...await openAll(one, credential, 2),
      ...await openAll(two, credential, 2),
    ];
    await revoke(one, "42");
    assertEquals(await lastsOf(readers), Array(4).fill(EXPIRED));
    await using three = await start(at.folder, redis.url);
    for (const server of [one, two, three]) {
      assertEquals(await statusOf(server, credential), 401);
    }
  },
});
