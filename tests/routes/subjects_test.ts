import { assertEquals } from "@std/assert";
import { SignJWT } from "jose";
import { readKeys } from "../../access/jwt/read_keys.ts";
import { parsePattern } from "../../events/pattern.ts";
import { readTokens } from "../../access/read_tokens.ts";
import { EventReader } from "../support/event_reader.ts";
import { type InProcess, inProcess } from "../support/in_process.ts";

const SECRET = new TextEncoder().encode("secret".repeat(6));
const EXPIRED = '{"state":"expired"}';

function guarded(): InProcess {
  return inProcess({
    access: {
      isPrivate: [parsePattern("*")],
      tokens: readTokens(JSON.stringify([
        { name: "admin", token: "admin", admin: true },
        { name: "42", token: "t42", subject: "42", subscribe: ["*"] },
        { name: "other", token: "other", subscribe: ["*"], publish: ["*"] },
      ])),
      jwt: {
        issuers: [],
        audiences: [],
        claim: "chime",
        maxAgeMs: 86_400_000,
      },
      jwtKeys: readKeys(SECRET),
    },
  });
}

function jwt(sub: string, iat = Math.floor(Date.now() / 1_000)) {
  return new SignJWT({ chime: { subscribe: ["*"] } })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(sub).setIssuedAt(iat).setExpirationTime(iat + 3_600)
    .sign(SECRET);
}

const open = (chime: InProcess, credential: string, query = "") =>
  chime.request(`/sse/a${query}`, {
    headers: credential ? { authorization: `Bearer ${credential}` } : {},
  });

async function readerOf(response: Promise<Response>): Promise<EventReader> {
  return new EventReader((await response).body!);
}

async function revoke(chime: InProcess, query: string, token = "admin") {
  const response = await chime.request(`/subjects${query}`, {
    method: "DELETE",
    headers: token ? { authorization: `Bearer ${token}` } : {},
  });
  await response.body?.cancel();
  return response.status;
}

async function status(response: Promise<Response>) {
  const { status, body } = await response;
  await body?.cancel();
  return status;
}

Deno.test("DELETE /subjects ends the subject's streams, and refuses its JWTs that were made before", async () => {
  await using chime = guarded();
  const { time } = chime;
  await time.tickAsync(1);
  const old = await jwt("42");
  const ticketed = await chime.request("/tickets", {
    method: "POST",
    headers: { authorization: `Bearer ${old}` },
  });
  const { ticket } = await ticketed.json();
  const readers = [
    await readerOf(open(chime, old)),
    await readerOf(open(chime, "t42")),
    await readerOf(open(chime, await jwt("43"))),
    await readerOf(open(chime, "other")),
  ];
  assertEquals(await revoke(chime, "?subject=42"), 204);
  await time.tickAsync(1_000);
  for (const reader of readers.slice(0, 2)) {
    const rest = await reader.rest();
    assertEquals(rest.at(-1)!.data, EXPIRED);
  }
  assertEquals(chime.instance.hub.subscriberCount, 2);
  assertEquals(await status(open(chime, old)), 401);
  assertEquals(await status(open(chime, "", `?ticket=${ticket}`)), 401);
  // A token is revoked by taking it out of the file: this one opens streams again.
  assertEquals(await status(open(chime, "t42")), 200);
  await time.tickAsync(1_000);
  assertEquals(await status(open(chime, await jwt("42"))), 200);
  assertEquals(
    await status(
      open(chime, await jwt("43", 1 + Math.floor(Date.now() / 1_000) - 60)),
    ),
    200,
  );
  for (const reader of readers.slice(2)) await reader[Symbol.asyncDispose]();
});

Deno.test("DELETE /subjects is for --token and for tokens with admin alone", async () => {
  await using chime = guarded();
  assertEquals(await revoke(chime, "?subject=42", ""), 401);
  assertEquals(await revoke(chime, "?subject=42", "wrong"), 401);
  for (const credential of ["other", "t42", await jwt("42")]) {
    assertEquals(await revoke(chime, "?subject=42", credential), 403);
  }
  for (
    const query of [
      "",
      "?subject=",
      "?subject=1&subject=2",
      "?subject=1&x=2",
      "?subject=%00",
      `?subject=${"x".repeat(257)}`,
    ]
  ) {
    assertEquals(await revoke(chime, query), 400, query);
  }
  assertEquals(await revoke(chime, "?subject=nobody"), 204);
});
