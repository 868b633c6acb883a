import { assert, assertEquals } from "@std/assert";
import { PAGES } from "../../support/pages.ts";
import { installed, type Project } from "./project.ts";
import { HAS_NPM, SKIPPED } from "./runtimes.ts";

const TSC = "npm:typescript@7.0.2/tsc";
const PAGE = PAGES.find(({ name }) => name === "docs/client.md")!;

/** How users write it, right and wrong. */
const USAGE = `
import { ChimeSource } from "@chime/client";
import type { ChimeEvent, ChimeSourceOptions, StatusEvent } from "@chime/client";

interface Order { total: number }
interface Messages { order: Order; message: string[] }

const options: ChimeSourceOptions = {
  channels: ["news"], since: "earliest", ticket: async () => "t", headers: { a: "b" },
  fetch, withCredentials: true, signal: AbortSignal.timeout(1), storage: sessionStorage, heartbeat: 4,
};
const source = new ChimeSource<Messages>(new URL("http://chime.test/sse/"), options);
source.addEventListener("order", (event) => {
  const type: "order" = event.type;
  const text: string = event.data + event.channel + event.lastEventId + event.origin + type;
  const total: number = event.json().total;
  // @ts-expect-error: an order has no such member
  event.json().amount;
  return [text, total];
}, { once: true });
source.onmessage = (event) => event.json().map((line: string) => line);
source.onerror = (event) => [event.status satisfies number | undefined, event.detail satisfies string | undefined];
source.onopen = null;
source.addEventListener("status", ({ state, missed, waitMs }) => {
  if (state === "lagged") console.log(missed, waitMs);
  // @ts-expect-error: there is no such state
  if (state === "gone") return;
});
source.addEventListener("other", (event) => event.channel.length);
source.addEventListener("other", { handleEvent(event: Event) { event.type; } });
const listener = (event: ChimeEvent) => console.log(event.json());
source.removeEventListener("other", listener);
const state: 0 | 1 | 2 = source.readyState;
if (state === ChimeSource.CLOSED || state === source.OPEN) source.close();
// @ts-expect-error: it only changes by itself
source.readyState = 2;
// @ts-expect-error: there is no such option
new ChimeSource("/sse/news", { chanels: [] });
// @ts-expect-error: a ticket comes as a promise
new ChimeSource("/sse/news", { ticket: () => 7 });

for await (const event of source) {
  if (event.state) {
    const status: StatusEvent = event;
    console.log(status.reason);
  } else if (event.type === "order") console.log(event.json().total);
  else console.log(event.json().length);
}
const plain = new ChimeSource("/sse/news");
for await (const event of plain) {
  if (event.state === "reset") break;
  if (!event.state) console.log(event.type, event.json() satisfies unknown);
}
plain.addEventListener("anything", (event) => event.json() satisfies unknown);
plain.onmessage = ({ data }) => data.trim();
const target: EventTarget = plain;
target.dispatchEvent(new Event("x"));
export {};
`;

/** Has npm's TypeScript check files as strictly as it can. Returns what it says. */
async function check(
  project: Project,
  module: "bundler" | "node16",
  files: readonly string[],
): Promise<string> {
  const { text } = await project.run(
    Deno.execPath(),
    ...["run", "--quiet", "-A", "--no-lock", "--no-config", TSC],
    ...["--noEmit", "--strict", "--exactOptionalPropertyTypes"],
    ...["--noUncheckedIndexedAccess", "--target", "esnext"],
    ...["--lib", "esnext,dom,dom.iterable", "--types", ""],
    ...["--moduleResolution", module],
    ...["--module", module === "bundler" ? "esnext" : module],
    ...files,
  );
  return text;
}

for (const module of ["bundler", "node16"] as const) {
  Deno.test({
    name:
      `The types hold for npm's TypeScript, strict, with the resolution ${module}${SKIPPED}`,
    ignore: !HAS_NPM,
    async fn() {
      await using project = await installed();
      await project.write("usage.ts", USAGE);
      const examples = [
        ...PAGE.text.matchAll(/```(?:js|ts) ignore\n([^]*?)```/g),
      ]
        .filter(([, code]) => !/ from "(?!@chime)/.test(code!));
      assert(examples.length >= 2);
      const files = examples.map(([, code], i) =>
        project.write(`example_${i}.ts`, code!)
      );
      const paths = [...await Promise.all(files), "usage.ts"];
      assertEquals(await check(project, module, paths), "");
      // So it does see the types, and the file.
      await project.write(
        "wrong.ts",
        USAGE.replace("event.json().amount", "0"),
      );
      const found = await check(project, module, ["wrong.ts"]);
      assert(found.includes("Unused '@ts-expect-error'"), found);
    },
  });
}
