import { fileURLToPath } from "node:url";
import { ChimeSource } from "../../../static/client.js";
import { findBrowsers } from "../../support/both_browsers.ts";
import { succeeds } from "../../support/succeeds.ts";
import { startControl } from "./control.ts";
import { runSuite } from "./suite.mjs";

const CLIENT = new URL("../../../static/client.js", import.meta.url);
const RUN = fileURLToPath(new URL("run.mjs", import.meta.url));

/** A case by its name, and how it went. */
interface Result {
  readonly name: string;
  readonly error?: string | undefined;
}

/** Runs the suite against the Chime of a control, and returns the results. */
type Run = (
  control: string,
  stack: AsyncDisposableStack,
) => Promise<readonly Result[]>;

/** Runs the suite in another runtime. */
function elsewhere(runtime: string): Run {
  return async (control) => {
    const { stdout, stderr } = await new Deno.Command(runtime, {
      args: [RUN, CLIENT.href, control],
    }).output();
    const [printed, errors] = [stdout, stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    );
    if (!printed) throw new Error(errors);
    return JSON.parse(printed);
  };
}

const runs: (readonly [name: string, run: Run | undefined])[] = [
  ["Deno", (control) => runSuite(ChimeSource, control)],
  ["Node", await succeeds("node", "--version") ? elsewhere("node") : undefined],
  ["Bun", await succeeds("bun", "--version") ? elsewhere("bun") : undefined],
];
for (const [name, open] of await findBrowsers()) {
  const run: Run = async (control, stack) => {
    const { page } = await open!(stack);
    await page.goto(control);
    return await page.evaluate(() =>
      (globalThis as unknown as { results: Promise<Result[]> }).results
    );
  };
  runs.push([name, open && run]);
}

for (const [name, run] of runs) {
  Deno.test({
    name: `The client does with a real Chime what it should, in ${name}${
      run ? "" : " (skipped: it is missing)"
    }`,
    ignore: !run,
    async fn(t) {
      await using stack = new AsyncDisposableStack();
      const control = stack.use(await startControl());
      for (const { name, error } of await run!(control.url, stack)) {
        await t.step(name, () => {
          if (error) throw new Error(error);
        });
      }
    },
  });
}
