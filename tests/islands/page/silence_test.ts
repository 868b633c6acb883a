import { assertEquals } from "@std/assert";
import { onSilence, reportSilence } from "../../../islands/page/silence.ts";

Deno.test("onSilence() calls back at each reportSilence() of the page", () => {
  let silences = 0;
  reportSilence();
  onSilence(() => silences++);
  reportSilence();
  reportSilence();
  assertEquals(silences, 2);
});
