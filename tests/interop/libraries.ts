import type { Registry } from "./registries.ts";

/** What must be known of a library to use it with Chime. Each is measured on the library as it comes. */
export type Fact =
  /** A stream that the server ends is over for good. */
  | "stops at the end"
  /** It asks again after a 204, with which a server says that nothing more will come. */
  | "asks again after 204"
  /** A line of more than 64 KiB never arrives. */
  | "loses long lines"
  /** It cuts a stream that has been silent for this long. */
  | "cuts within 8 s of silence"
  | "cuts within 16 s of silence"
  /** It hands its user an empty event for a comment and an empty line. */
  | "makes an event of a comment";

/** A client library, and what it does that the standard does not. */
export interface Library {
  registry: Registry;
  /** Its driver's name. */
  name: string;
  facts?: readonly Fact[];
  /** What it makes of awkward data, by the data's name, where it does not arrive as sent. */
  faults?: Readonly<Record<string, readonly string[]>>;
}

/** All leading spaces of a line and all newlines at the end are lost. */
const STRIPS = {
  "one space": [""],
  "leading spaces": ["two"],
  "one newline": [""],
  "trailing newline": ["one"],
};

export const LIBRARIES: readonly Library[] = [
  { registry: "npm", name: "eventsource", facts: ["stops at the end"] },
  { registry: "npm", name: "undici", facts: ["stops at the end"] },
  {
    registry: "npm",
    name: "fetch-event-source",
    facts: [
      "stops at the end",
      "asks again after 204",
      "makes an event of a comment",
    ],
    // It takes a first line of data that is empty for none, and a BOM off each line.
    faults: { "one newline": [""], "leading newline": ["one"], "BOM": ["one"] },
  },
  { registry: "npm", name: "eventsource-client" },
  { registry: "npm", name: "eventsource-parser", facts: ["stops at the end"] },
  {
    registry: "npm",
    name: "launchdarkly-eventsource",
    facts: ["cuts within 8 s of silence", "cuts within 16 s of silence"],
  },
  { registry: "pypi", name: "sseclient-py", facts: ["stops at the end"] },
  {
    registry: "pypi",
    name: "httpx-sse",
    facts: [
      "stops at the end",
      "cuts within 8 s of silence",
      "cuts within 16 s of silence",
      "makes an event of a comment",
    ],
  },
  {
    registry: "pypi",
    name: "aiohttp-sse-client2",
    faults: STRIPS,
  },
  {
    registry: "pypi",
    name: "aiosseclient",
    facts: [
      "stops at the end",
      "asks again after 204",
      "makes an event of a comment",
    ],
    faults: {
      "one newline": [""],
      "leading newline": ["one"],
      // It takes each of these for the end of a line.
      "separators": ["a"],
    },
  },
  {
    registry: "pypi",
    name: "requests-sse",
    faults: STRIPS,
  },
  {
    registry: "pypi",
    name: "launchdarkly-eventsource",
    facts: ["stops at the end", "asks again after 204"],
  },
  {
    registry: "go",
    name: "r3labs-sse",
    facts: [
      "stops at the end",
      "asks again after 204",
      "makes an event of a comment",
      "loses long lines",
    ],
  },
  {
    registry: "go",
    name: "go-sse",
    facts: ["makes an event of a comment", "loses long lines"],
  },
  {
    registry: "go",
    name: "launchdarkly-eventsource",
    facts: ["asks again after 204", "makes an event of a comment"],
  },
  { registry: "crates", name: "reqwest-eventsource" },
  {
    registry: "crates",
    name: "eventsource-stream",
    facts: ["stops at the end"],
  },
  {
    registry: "crates",
    name: "eventsource-client",
    facts: ["asks again after 204"],
  },
  {
    registry: "maven",
    name: "okhttp-sse",
    facts: ["stops at the end", "cuts within 16 s of silence"],
  },
  {
    registry: "maven",
    name: "okhttp-eventsource",
    facts: [
      "stops at the end",
      "asks again after 204",
      "cuts within 8 s of silence",
      "cuts within 16 s of silence",
    ],
  },
];
