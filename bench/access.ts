/**
 * Measures what a JWT costs beside `--token`: publishes take turns between three servers in one run, and the server's CPU
 * for each publish is compared.
 *
 *     deno run -A bench/access.ts [rounds]
 */
import { SignJWT } from "jose";
import { comparePublishCost } from "./publish_cost.ts";

/** A secret for this run. */
const SECRET = crypto.getRandomValues(new Uint8Array(32))
  .toBase64({ alphabet: "base64url" });

/** A JWT as an application makes it, of about 250 characters. */
function makeJwt(): Promise<string> {
  return new SignJWT({ chime: { publish: ["news"], subscribe: ["user.42"] } })
    .setProtectedHeader({ alg: "HS256" }).setSubject("42")
    .setIssuedAt().setExpirationTime("1h")
    .sign(new TextEncoder().encode(SECRET));
}

const bearer = (credential: string) => () => ({
  authorization: `Bearer ${credential}`,
});
const key = await Deno.makeTempFile();
await Deno.writeTextFile(key, SECRET);
await comparePublishCost([
  { name: "--token", args: ["--token=t"], headers: bearer("t") },
  { name: "--token, once more", args: ["--token=t"], headers: bearer("t") },
  {
    name: "a JWT",
    args: [`--jwt-key=${key}`],
    headers: bearer(await makeJwt()),
  },
], Number(Deno.args[0] ?? 15));
await Deno.remove(key);
