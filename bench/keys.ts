/**
 * Measures what an `Idempotency-Key` costs: publishes take turns between three servers in one run, and the server's CPU for
 * each publish is compared.
 *
 *     deno run -A bench/keys.ts [rounds] [memory | sqlite | redis://…]
 */
import { comparePublishCost, type CostOptions } from "./publish_cost.ts";

const [rounds = "15", journal = "memory"] = Deno.args;
const folder = await Deno.makeTempDir();
let count = 0;

/** @param place What the server's file, or its key in Redis, is called. */
function server(name: string, place: string, hasKey: boolean): CostOptions {
  const journalArgs = journal === "memory"
    ? []
    : journal === "sqlite"
    ? [`--journal=sqlite:${folder}/${place}.db`]
    : [`--journal=${journal}`, `--redis-key=${place}`];
  return {
    name,
    args: ["--token=t", ...journalArgs],
    headers: () => ({
      authorization: "Bearer t",
      ...hasKey && { "idempotency-key": `order-${++count}` },
    }),
  };
}

await comparePublishCost([
  server("without a key", "plain", false),
  server("without a key, once more", "again", false),
  server("with a key", "keyed", true),
], Number(rounds));
await Deno.remove(folder, { recursive: true });
