import { assertEquals, assertStringIncludes } from "@std/assert";
import { PAGES } from "../../support/pages.ts";
import { publish } from "../../support/publish.ts";
import { startServer } from "../../support/server_process.ts";
import { until } from "../../support/until.ts";
import { installed } from "./project.ts";
import { RUNTIMES } from "./runtimes.ts";

const { text } = PAGES.find(({ name }) => name === "docs/client.md")!;
const [, PROGRAM] = /```js ignore\n([^]*?)```/.exec(text)!;

for (const { name, command, has, skipped } of RUNTIMES) {
  Deno.test({
    name: `The program of docs/client.md runs as written in ${name}${skipped}`,
    ignore: !has,
    async fn() {
      await using project = await installed();
      await using server = await startServer([
        ...["--port", "0", "--token", "t"],
      ]);
      const program = PROGRAM!.replace("http://127.0.0.1:8000/", server.url);
      await project.write("main.js", program);
      const ended = project.run(...command, "main.js");
      await until(async () =>
        (await publish(server.url, "news?event=dot", ".")).clients > 0
      );
      await publish(server.url, "weather", "rain");
      await publish(server.url, "news", "bye");
      const { success, text } = await ended;
      assertEquals(success, true, text);
      assertStringIncludes(text, "the stream is live\n");
      assertStringIncludes(text, "weather message rain\nnews message bye\n");
    },
  });
}
