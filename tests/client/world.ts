import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { ChimeSource } from "../../client/client.ts";
import type {
  ChimeSource as TypedSource,
  ChimeSourceOptions,
  FailedEvent,
  StatusEvent,
} from "../../client/client.d.ts";
import { FakeFetch } from "../support/fake_fetch.ts";

// The declared listeners know their events, which those of EventTarget do not. All else is checked against the class here.
const checked:
  & (new (url: string | URL, options?: ChimeSourceOptions) => Omit<
    TypedSource,
    "addEventListener" | "removeEventListener"
  >)
  & Pick<typeof TypedSource, "CONNECTING" | "OPEN" | "CLOSED"> = ChimeSource;

/** The client as its types declare it. */
export const Source = checked as typeof TypedSource;

/** The stream of most tests. */
export const NEWS = "http://chime.test/sse/news";

/** A source whose server is the test, under fake time, and all that it told. */
export function world(
  options: ChimeSourceOptions = {},
  url = NEWS,
  types: readonly string[] = [],
) {
  const time = new FakeTime();
  const random = stub(Math, "random", () => 0);
  const fetched = new FakeFetch();
  const told: string[] = [];
  const source = new Source(url, options);
  source.addEventListener("open", () => told.push("open"));
  source.addEventListener("error", ({ status, detail }: FailedEvent) => {
    const why = [status, detail].filter(Boolean);
    told.push(["error", source.readyState, ...why].join(" "));
  });
  source.addEventListener("status", (event: StatusEvent) => {
    told.push(["status", event.state, event.reason].filter(Boolean).join(" "));
  });
  for (const type of ["message", ...types]) {
    source.addEventListener(type, ({ channel, data }) => {
      told.push(`${channel}#${type}: ${data}`);
    });
  }
  return {
    time,
    fetched,
    source,
    told,
    /** Forgets what was told so far, and returns it. */
    take: () => told.splice(0),
    settle: () => time.runMicrotasks(),
    /** Waits until the source connects, and opens the stream with a text. */
    async open(text = ":\n") {
      await time.runMicrotasks();
      fetched.last.open();
      fetched.last.send(text);
      await time.runMicrotasks();
    },
    /** Loses the connection, and returns how long the source waits until the next one, in ms. */
    async lose(how: () => void = () => fetched.last.cut()) {
      const before = fetched.all.length;
      how();
      await time.runMicrotasks();
      for (let ms = 0; ms < 4_000_000; ms += 100) {
        if (fetched.all.length > before) return ms;
        await time.tickAsync(100);
      }
      return Infinity;
    },
    [Symbol.dispose]() {
      source.close();
      fetched[Symbol.dispose]();
      random[Symbol.dispose]();
      time[Symbol.dispose]();
    },
  };
}
