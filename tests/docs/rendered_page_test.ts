import { assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { EventReader } from "../support/event_reader.ts";
import { inProcess } from "../support/in_process.ts";
import { PAGES } from "../support/pages.ts";

type RenderPage = (readDatabase: () => Promise<string[]>) => Promise<string>;

const { text } = PAGES.find(({ name }) => name === "docs/http.md")!;

/** The function that docs/http.md shows. */
async function shownFunction(): Promise<RenderPage> {
  const [, code] = /```js\n(export async function renderPage[^]*?)```/
    .exec(text)!;
  const module = await import(
    `data:text/javascript,${encodeURIComponent(code!)}`
  );
  return module.renderPage;
}

Deno.test("The page that docs/http.md has a server render misses nothing between the database and its stream", async () => {
  const renderPage = await shownFunction();
  await using chime = inProcess();
  const base = "http://127.0.0.1:8000";
  using _fetch = stub(globalThis, "fetch", (url) => {
    assertEquals(`${url}`.startsWith(base), true);
    return chime.request(`${url}`.slice(base.length));
  });
  const database: string[] = [];
  /** As an application does: it writes to its database, then it publishes. */
  const change = async (item: string, reads?: () => void) => {
    database.push(item);
    reads?.();
    await chime.publish("/sse/news", item);
  };
  await change("1");
  const html = await renderPage(async () => {
    let items: string[] = [];
    // Written before the database is read, and published after that; then one more.
    await change("2", () => items = [...database]);
    await change("3");
    return items;
  });
  await change("4");
  const shown = [...html.matchAll(/<li>(.*?)<\/li>/g)].map(([, item]) => item);
  assertEquals(shown, ["1", "2"]);
  const [, path] = /new EventSource\("(.*?)"\)/.exec(html)!;
  const stream = await chime.request(path!);
  const events = await new EventReader(stream.body!).take(4);
  assertEquals(events.map(({ data }) => data), [
    ...["2", "3", "4"],
    '{"state":"resumed","replayed":3}',
  ]);
});
