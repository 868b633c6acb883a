import { delay } from "@std/async/delay";
import { until } from "../support/until.ts";
import { Driver } from "./driver.ts";
import { type Asked, type Behaviour, FactServer } from "./fact_server.ts";
import { installedLibraries, testOf } from "./installed.ts";
import type { Fact } from "./libraries.ts";

/** How long a library may take to start, in ms. */
const START_MS = 60_000;
/** Longer than any library here waits before it asks again, in ms. */
const AGAIN_MS = 12_000;
/** After this, a library that has handed over nothing never will, in ms. */
const HEARD_MS = 3_000;

interface Seen {
  driver: Driver;
  asked: Asked;
}

/** How facts are seen: how the server behaves, after how long, and by what. */
const MEASURES: readonly {
  behaviour: Behaviour;
  /** Whether the library is used as docs/clients.md advises: else some never ask a second time. */
  isMended?: boolean;
  afterMs: number;
  facts: Partial<Record<Fact, (seen: Seen) => boolean>>;
}[] = [
  {
    behaviour: "ends",
    afterMs: AGAIN_MS,
    facts: { "stops at the end": ({ asked }) => asked.times === 1 },
  },
  {
    behaviour: "over",
    isMended: true,
    afterMs: 2 * AGAIN_MS,
    facts: { "asks again after 204": ({ asked }) => asked.times > 2 },
  },
  {
    behaviour: "silent",
    afterMs: 17_000,
    facts: {
      "cuts within 8 s of silence": ({ asked }) => isCut(asked, 8_000),
      "cuts within 16 s of silence": ({ asked }) => isCut(asked, 16_000),
    },
  },
  {
    behaviour: "comment",
    afterMs: HEARD_MS,
    facts: {
      "makes an event of a comment": ({ driver }) => driver.events.length > 0,
    },
  },
  {
    behaviour: "long",
    afterMs: HEARD_MS,
    facts: {
      "loses long lines": ({ driver }) =>
        driver.events.every(({ data }) => data === ""),
    },
  },
];

function isCut({ cutAfterMs = Infinity }: Asked, withinMs: number): boolean {
  return cutAfterMs < withinMs;
}

const libraries = await installedLibraries();

for (const { behaviour, isMended = false, afterMs, facts } of MEASURES) {
  const names = Object.keys(facts).join(", and ");
  testOf(libraries, `Libraries: it is known which one ${names}`, async (t) => {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(new FactServer());
    const seen = libraries.map(({ registry, name }) => {
      const path = `/${behaviour}/${registry}/${name}`;
      const driver = Driver.start({ registry, name }, server.url(path), {
        isBare: !isMended,
      });
      return { driver: stack.use(driver), asked: server.asked(path) };
    });
    await until(() => seen.every(({ asked }) => asked.times > 0), {
      deadlineMs: START_MS,
    });
    await delay(afterMs);
    for (
      const [i, { registry, name, facts: known = [] }] of libraries.entries()
    ) {
      for (const [fact, holds] of Object.entries(facts)) {
        const expected = known.includes(fact as Fact);
        await t.step(
          `${registry}: ${name} ${expected ? "" : "not: "}${fact}`,
          async () => {
            await until(() => holds(seen[i]!) === expected, {
              message: () =>
                JSON.stringify(seen[i]!.driver.lines).slice(0, 500),
            });
          },
        );
      }
    }
  });
}
