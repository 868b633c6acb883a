import { assertEquals } from "@std/assert";
import { exposition } from "../../routes/exposition.ts";

Deno.test("exposition writes each metric with its help, its type and its samples", () => {
  assertEquals(
    exposition([
      { name: "a", help: "First.", type: "gauge", samples: [[{}, 0.5]] },
      {
        name: "b_total",
        help: "Second.",
        type: "counter",
        samples: [[{ x: "1", y: "2" }, 3], [{ x: "1", y: "3" }, 1e21]],
      },
      { name: "c", help: "None.", type: "gauge", samples: [] },
    ]),
    `# HELP a First.
# TYPE a gauge
a 0.5
# HELP b_total Second.
# TYPE b_total counter
b_total{x="1",y="2"} 3
b_total{x="1",y="3"} 1e+21
# HELP c None.
# TYPE c gauge
`,
  );
});

Deno.test("exposition escapes what would end a line or a label", () => {
  assertEquals(
    exposition([{
      name: "a",
      help: 'A "\\" and\na line',
      type: "gauge",
      samples: [[{ x: '"\\\n"' }, 1]],
    }]),
    '# HELP a A "\\\\" and\\na line\n# TYPE a gauge\na{x="\\"\\\\\\n\\""} 1\n',
  );
});
