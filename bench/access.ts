/**
 * Measures what a JWT costs beside `--token`: publishes take turns between three servers in one run, and the server's CPU
 * for each publish is compared.
 *
 *     deno run -A bench/access.ts [rounds]
 */
import { SignJWT } from "jose";
import { processTree, usage } from "./proc.ts";

/** How many publishes each server gets in a round. */
const PUBLISHES = 20_000;
/** How many wait for their answer at once. */
const AT_ONCE = 16;
const BODY = "x".repeat(90);
/** A secret for this run. */
const SECRET = crypto.getRandomValues(new Uint8Array(32))
  .toBase64({ alphabet: "base64url" });

/** A server that takes publishes. */
interface Server extends AsyncDisposable {
  readonly name: string;
  /** Publishes, and returns the server's CPU for each publish, in µs. */
  round(): Promise<number>;
}

async function start(
  name: string,
  credential: string,
  args: readonly string[],
): Promise<Server> {
  const root = new URL("..", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P=serve", "main.ts", "--port=0", ...args],
    cwd: root,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const url = /listening on (\S+)/.exec(await firstLine(child.stdout))![1]!;
  const pids = await processTree(child.pid);
  const headers = { authorization: `Bearer ${credential}` };
  const publish = async () => {
    const response = await fetch(`${url}sse/news`, {
      method: "POST",
      body: BODY,
      headers,
    });
    await response.arrayBuffer();
    if (response.status !== 201) throw new Error(`${name}: ${response.status}`);
  };
  return {
    name,
    async round() {
      const { cpuS: before } = await usage(pids);
      let left = PUBLISHES;
      await Promise.all(Array.from({ length: AT_ONCE }, async () => {
        while (left-- > 0) await publish();
      }));
      const { cpuS: after } = await usage(pids);
      return (after - before) * 1e6 / PUBLISHES;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

async function firstLine(
  output: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string> {
  let text = "";
  for await (const part of output.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes("\n")) break;
  }
  return text;
}

/** A JWT as an application makes it, of about 250 characters. */
function makeJwt(): Promise<string> {
  return new SignJWT({ chime: { publish: ["news"], subscribe: ["user.42"] } })
    .setProtectedHeader({ alg: "HS256" }).setSubject("42")
    .setIssuedAt().setExpirationTime("1h")
    .sign(new TextEncoder().encode(SECRET));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

const rounds = Number(Deno.args[0] ?? 15);
const key = await Deno.makeTempFile();
await Deno.writeTextFile(key, SECRET);
{
  await using token = await start("--token", "t", ["--token=t"]);
  await using again = await start("--token, once more", "t", ["--token=t"]);
  await using jwt = await start("a JWT", await makeJwt(), [`--jwt-key=${key}`]);
  const servers = [token, again, jwt];
  // Warm up.
  for (const server of servers) await server.round();
  const costs = servers.map(() => [] as number[]);
  for (let i = 0; i < rounds; i++) {
    for (const [j, server] of servers.entries()) {
      costs[j]!.push(await server.round());
    }
  }
  for (const [j, { name }] of servers.entries()) {
    const ratios = costs[j]!.map((cost, i) => cost / costs[0]![i]!);
    console.log(
      `${name}: ${median(costs[j]!).toFixed(1)} µs of CPU a publish, ` +
        `${
          median(ratios).toFixed(3)
        } times --token (median of ${rounds} rounds)`,
    );
  }
}
await Deno.remove(key);
