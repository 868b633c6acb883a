import { processTree, usage } from "./proc.ts";

/** How many publishes each server gets in a round. */
const PUBLISHES = 20_000;
/** How many wait for their answer at once. */
const AT_ONCE = 16;
const BODY = "x".repeat(90);

/** How a server is started, and what publishes bring. */
export interface CostOptions {
  readonly name: string;
  /** The command line after `main.ts`. */
  readonly args: readonly string[];
  /** The headers of one publish. */
  headers(): Record<string, string>;
}

/** A server that takes publishes. */
interface Server extends AsyncDisposable {
  readonly name: string;
  /** Publishes, and returns the server's CPU for each publish, in µs. */
  round(): Promise<number>;
}

/**
 * Starts the servers, has publishes take turns between them, and prints the server's CPU for each publish beside that of
 * the first server.
 */
export async function comparePublishCost(
  options: readonly CostOptions[],
  rounds: number,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const servers: Server[] = [];
  for (const each of options) servers.push(stack.use(await start(each)));
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
        } times the first (median of ${rounds} rounds)`,
    );
  }
}

async function start({ name, args, headers }: CostOptions): Promise<Server> {
  const root = new URL("..", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P=serve", "main.ts", "--port=0", ...args],
    cwd: root,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const url = /listening on (\S+)/.exec(await firstLine(child.stdout))![1]!;
  const pids = await processTree(child.pid);
  const publish = async () => {
    const response = await fetch(`${url}sse/news`, {
      method: "POST",
      body: BODY,
      headers: headers(),
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

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
