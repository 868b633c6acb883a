import { assertEquals, assertStringIncludes } from "@std/assert";
import { PAGES } from "../../support/pages.ts";

const REACT = "19.3.1";
const VUE = "3.5.45";
const CLIENT = new URL("../../../static/client.js", import.meta.url).href;
const { text } = PAGES.find(({ name }) => name === "docs/client.md")!;
const IMPORTS = {
  "@chime/client": CLIENT,
  "react": `npm:react@${REACT}`,
  "react/jsx-runtime": `npm:react@${REACT}/jsx-runtime`,
  "react-test-renderer": `npm:react-test-renderer@${REACT}`,
  "vue": `npm:vue@${VUE}`,
};

/** A server that answers every request with one stream, which the program writes. */
const SERVER = `
let opened = 0;
let body;
let signal;
globalThis.fetch = (_url, init) => {
  opened++;
  signal = init.signal;
  const stream = new ReadableStream({ start: (controller) => body = controller });
  const headers = { "content-type": "text/event-stream" };
  return Promise.resolve(new Response(stream, { headers }));
};
const settle = () => new Promise((resolve) => setTimeout(resolve));
const send = () => {
  body.enqueue(new TextEncoder().encode("data: Hello\\n\\n"));
  return settle();
};
`;
/** Says what happened. A source that was not closed would go on. */
const REPORT = `
console.log(JSON.stringify({ opened, shown, closed: [before, signal.aborted] }));
Deno.exit();
`;

/** Renders the component in StrictMode, sends it a message, and takes it away. */
const IN_REACT = `
import { StrictMode } from "react";
import { act, create } from "react-test-renderer";
import { News } from "./news.tsx";
${SERVER}
globalThis.IS_REACT_ACT_ENVIRONMENT = true;
let page;
await act(async () => {
  page = create(<StrictMode><News /></StrictMode>);
  await settle();
});
await act(send);
const shown = page.toJSON().children[0].children[0];
const before = signal.aborted;
await act(() => page.unmount());
${REPORT}`;

/** Does the same in an app of Vue, on a document of one paragraph. */
const IN_VUE = `
import { createRenderer, h } from "vue";
import { useNews } from "./use_news.js";
${SERVER}
const { createApp } = createRenderer({
  createElement: () => ({}),
  createText: (text) => ({ text }),
  createComment: () => ({}),
  setElementText: (node, text) => node.text = text,
  setText: (node, text) => node.text = text,
  insert: (node, parent) => parent.child = node,
  remove: () => {},
  parentNode: () => null,
  nextSibling: () => null,
  patchProp: () => {},
});
const app = createApp({
  setup() {
    const lines = useNews();
    return () => h("p", lines.value.join());
  },
});
const root = {};
app.mount(root);
await settle();
await send();
const shown = root.child.text;
const before = signal.aborted;
app.unmount();
${REPORT}`;

for (
  const [framework, heading, file, main, program] of [
    ["React, in StrictMode,", "React", "news.tsx", "main.jsx", IN_REACT],
    ["Vue", "Vue", "use_news.js", "main.js", IN_VUE],
  ] as const
) {
  Deno.test(`What docs/client.md writes for ${framework} opens one stream, shows it, and closes it`, async () => {
    const section = text.slice(text.indexOf(`\n## ${heading}\n`));
    const [, example] = /```(?:js|tsx) ignore\n([^]*?)```/.exec(section)!;
    const folder = await Deno.makeTempDir();
    try {
      const files = {
        "deno.json": JSON.stringify({
          imports: IMPORTS,
          compilerOptions: { jsx: "react-jsx", jsxImportSource: "react" },
        }),
        [file]: example!,
        [main]: program,
      };
      for (const [name, text] of Object.entries(files)) {
        await Deno.writeTextFile(`${folder}/${name}`, text);
      }
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--quiet", "--no-lock", "-A"],
          ...["--location", "http://chime.test/", main],
        ],
        cwd: folder,
      }).output();
      const printed = new TextDecoder().decode(stdout);
      assertStringIncludes(printed, "{", new TextDecoder().decode(stderr));
      assertEquals(JSON.parse(printed), {
        opened: 1,
        shown: "Hello",
        closed: [false, true],
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
