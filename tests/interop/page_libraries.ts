/** A library for pages, and a page that shows each message of the channel `news` as an item of its list. */
export interface PageLibrary {
  name: string;
  /** Its scripts, in `npm/node_modules/`. */
  scripts: readonly string[];
  /** Whether its scripts are modules. */
  isModule?: boolean;
  body: string;
  /** What its head has besides. */
  head?: string;
  /** The type that its messages need, and their data. */
  type?: string;
  data(text: string): string;
  /** Whether a stream that the server ends is over for good: the page shows nothing that comes after a drain. */
  stopsAtEnd?: boolean;
}

const DATASTAR = {
  scripts: ["@starfederation/datastar/dist/datastar.js"],
  isModule: true,
  type: "datastar-merge-fragments",
  data: (text: string) =>
    `selector #list\nmergeMode append\nfragments <li>${text}</li>`,
  body: `<ul id="list"></ul>
    <div data-on-load="@get('/sse/news', { openWhenHidden: true })"></div>`,
};

/** The script of docs/clients.md that makes an error of each end. */
const [FAILING_END] = /<script>[^]*?<\/script>/.exec(
  Deno.readTextFileSync(new URL("../../docs/clients.md", import.meta.url)),
)!;

export const PAGE_LIBRARIES: readonly PageLibrary[] = [
  {
    name: "htmx 2",
    scripts: ["htmx2/dist/htmx.js", "htmx-ext-sse/sse.js"],
    body: `<div hx-ext="sse" sse-connect="/sse/news">
      <ul id="list" sse-swap="message" hx-swap="beforeend"></ul>
    </div>`,
    data: (text) => `<li>${text}</li>`,
  },
  {
    name: "htmx 4",
    scripts: ["htmx4/dist/htmx.js", "htmx4/dist/ext/hx-sse.js"],
    body: `<ul id="list" sse-connect="/sse/news" hx-swap="beforeend"></ul>`,
    data: (text) => `<li>${text}</li>`,
  },
  {
    name: "Turbo",
    scripts: ["@hotwired/turbo/dist/turbo.es2017-umd.js"],
    body: `<ul id="list"></ul>
      <turbo-stream-source src="/sse/news"></turbo-stream-source>`,
    data: (text) =>
      `<turbo-stream action="append" target="list"><template><li>${text}</li></template></turbo-stream>`,
  },
  {
    name: "Datastar",
    ...DATASTAR,
    stopsAtEnd: true,
  },
  {
    name: "Datastar with the script of the docs",
    ...DATASTAR,
    head: FAILING_END,
  },
];
