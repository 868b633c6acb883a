import { assertEquals, assertMatch } from "@std/assert";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { EventReader } from "../support/event_reader.ts";
import { startServer } from "../support/server_process.ts";
import { sqliteFolder } from "../support/sqlite_folder.ts";
import { untilLogged } from "../support/log_lines.ts";
import { within } from "../support/within.ts";

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

async function sign({ privateKey }: Pair, kid: string, lifetimeS = 60) {
  const now = Math.floor(Date.now() / 1_000);
  return await new SignJWT({ chime: { subscribe: ["a"], publish: ["a"] } })
    .setProtectedHeader({ alg: "ES256", kid })
    .setIssuedAt(now - 3_600).setExpirationTime(now + lifetimeS)
    .sign(privateKey);
}

for (const workers of ["1", "2"]) {
  Deno.test({
    name:
      `Keys of a JWKS are known to ${workers} worker(s), also those that it gets later, and a stream ends with its JWT`,
    ignore: workers !== "1" && Deno.build.os !== "linux",
    async fn() {
      const [first, second] = [
        await generateKeyPair("ES256", { extractable: true }),
        await generateKeyPair("ES256", { extractable: true }),
      ];
      const keys = [{ ...await exportJWK(first.publicKey), kid: "first" }];
      let asked = 0;
      await using jwks = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        () => {
          asked++;
          return Response.json({ keys });
        },
      );
      await using server = await startServer([
        ...["--port", "0", "--workers", workers, "--private", "*"],
        ...["--jwt-key", `http://127.0.0.1:${jwks.addr.port}/keys`],
      ]);
      const post = async (credential: string) => {
        const { status, body } = await fetch(`${server.url}sse/a`, {
          method: "POST",
          body: "x",
          headers: { authorization: `Bearer ${credential}` },
        });
        await body?.cancel();
        return status;
      };
      const credential = await sign(first, "first");
      for (let i = 0; i < 6; i++) assertEquals(await post(credential), 201);
      assertEquals(asked, 1);

      keys.push({ ...await exportJWK(second.publicKey), kid: "second" });
      const later = await sign(second, "second");
      const all = await Promise.all(
        Array.from({ length: 6 }, () => post(later)),
      );
      assertEquals(new Set(all), new Set([201]));
      assertEquals(asked, 2);
      // A stranger must not be able to have it read all the time.
      for (const kid of ["third", "fourth"]) {
        assertEquals(await post(await sign(second, kid)), 401);
      }
      assertEquals(asked, 2);

      const short = await sign(first, "first", 2);
      await using reader = await EventReader.open(`${server.url}sse/a`, {
        headers: { authorization: `Bearer ${short}` },
      });
      const events = await within(reader.rest());
      assertEquals(events.at(-1)!.data, '{"state":"expired"}');
    },
  });
}

for (const workers of ["1", "2"]) {
  Deno.test({
    name:
      `With a JWKS that does not answer, ${workers} worker(s) serve all that needs no JWT, and refuse JWTs for now alone`,
    ignore: workers !== "1" && Deno.build.os !== "linux",
    async fn() {
      const pair = await generateKeyPair("ES256", { extractable: true });
      const silence = Promise.withResolvers<void>();
      await using jwks = Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {} },
        async () => {
          await silence.promise;
          return new Response("", { status: 500 });
        },
      );
      // Else its end would wait.
      using _ = { [Symbol.dispose]: () => silence.resolve() };
      const url = `http://127.0.0.1:${jwks.addr.port}/keys`;
      await using server = await startServer([
        ...["--port", "0", "--workers", workers, "--token", "t"],
        ...["--jwt-key", url, "--private", "a"],
      ]);
      const ask = async (credential: string, init: RequestInit = {}) => {
        const response = await fetch(`${server.url}sse/a`, {
          ...init,
          headers: { authorization: `Bearer ${credential}` },
        });
        await response.body?.cancel();
        return response.status;
      };
      const post = { method: "POST", body: "x" };
      assertEquals(await ask("t", post), 201);
      await untilLogged(server, /^warn the JWKS cannot be read/);
      assertEquals(await ask("other", post), 401);
      silence.resolve();
      const text = await sign(pair, "a");
      assertEquals([await ask(text), await ask(text, post)], [503, 503]);
    },
  });
}

for (
  const [what, text, reason] of [
    ["a short secret", "short", "a secret must have 32 bytes at least"],
    ["a private key", "-----BEGIN PRIVATE KEY-----", "it is a private key"],
    ["no key", '{"a":1}', "must be a JWK or a JWKS"],
    ["half a JWK", `{"kty":"RSA","n":"${"A".repeat(80)}`, "must be a JWK or"],
    ["a key of SSH", `ssh-ed25519 ${"A".repeat(68)}`, "must be random, and"],
  ] as const
) {
  Deno.test(`Chime does not start with ${what} for JWTs`, async () => {
    await using at = await sqliteFolder();
    const key = join(at.folder, "key");
    await Deno.writeTextFile(key, text);
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "-P=serve", "main.ts"],
        ...["--port", "0", "--jwt-key", key],
      ],
    }).output();
    const log = new TextDecoder().decode(stderr);
    assertEquals(code, 1, log);
    assertMatch(log, new RegExp(`error Cannot .*${key}.*${reason}`));
    assertEquals(log.includes("short\n"), false);
  });
}
