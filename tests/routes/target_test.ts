import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import fc from "fast-check";
import { InputError } from "../../events/input_error.ts";
import { readTarget } from "../../routes/target.ts";
import { withUrl } from "../support/in_process.ts";

/** Reads what `Deno.serve` hands on: `host` is the header, if any. */
function read(url: string, host?: string) {
  const headers = host === undefined ? {} : { host };
  return readTarget(withUrl(new Request("http://x", { headers }), url));
}

/** Reads a target that begins with a slash. */
function path(raw: string): string {
  return read(`http://h${raw}`, "h").path;
}

function assertRefused(read: () => unknown, detail: string): void {
  assertThrows(read, InputError, detail);
}

for (
  const [raw, expected] of [
    ["/", "/"],
    ["/sse/", "/sse/"],
    ["/sse/news", "/sse/news"],
    ["/sse/n%65ws", "/sse/news"],
    ["/%73se/news", "/sse/news"],
    ["/sse/a:b%3Ac@d+e~f=g", "/sse/a:b:c@d+e~f=g"],
    ["/sse/...", "/sse/..."],
    ["/sse/.a/..b/c..", "/sse/.a/..b/c.."],
    ["/sse/caf%C3%A9", "/sse/café"],
    ["/sse/100%25", "/sse/100%"],
    ["/sse/a%EF%BF%BDb", "/sse/a\uFFFDb"],
    ["*", "*"],
    ["/*", "*"],
    ["", "/"],
  ] as const
) {
  Deno.test(`readTarget() decodes the path "${raw}" once`, () => {
    assertEquals(path(raw), expected);
  });
}

for (
  const [rule, raws] of [
    ["hold no segment . or ..", [
      ...["/.", "/..", "/sse/.", "/sse/..", "/./sse/", "/static/../sse/"],
      ...["/sse/%2e", "/sse/%2E.", "/sse/.%2e", "/%2e%2e/x", "/sse/%2e/"],
    ]],
    ["hold no empty segment", [
      ...["//", "//sse/", "/sse//", "/sse//news", "/sse/news/", "/healthz/"],
      ...["/sse/a//b", "/static/"],
    ]],
    ["be ASCII without", [
      ...["/sse\\news", "/sse/a%5cb", "/sse/a%5Cb", "/sse/a%2Fb", "/sse%2f"],
      ...["/sse/a%2cb", "/sse/a%2Cb", "/sse/a%23b", "/healthz%3f", "/sse/é"],
      ...["/sse/a b", "/sse/a\tb", "/sse/a\x7f"],
    ]],
    ["hold no control character, and nothing that is encoded twice", [
      ...["/sse/a%00", "/sse/a%0A", "/sse/%0d%0a", "/sse/%1f", "/sse/%7F"],
      ...["/sse/%C2%80", "/sse/%252e%252e", "/sse/%252F", "/sse/%2541"],
      "/sse/%25%34%31",
    ]],
    ["be percent-encoded UTF-8", [
      ...["/sse/%", "/sse/%4", "/sse/%zz", "/sse/%u0041", "/sse/%E9"],
      ...["/sse/%C0%AE", "/sse/%ED%A0%80", "/sse/%F5%80%80%80", "/sse/%FF"],
    ]],
    ["hold no #", ["/sse/news#x", "/#", "/?a#b", "/sse/#/.."]],
  ] as const
) {
  for (const raw of raws) {
    Deno.test(`readTarget() refuses ${JSON.stringify(raw)}, which must ${rule}`, () => {
      assertRefused(() => path(raw), rule);
    });
  }
}

for (
  const host of [
    ...["h", "H.Example", "h:80", "h:", "my_service:8000", "127.0.0.1:8000"],
    ...["[::1]", "[::1]:8000", "localhost.", "xn--exmple-cua.com"],
    ...["a-b.c--d", "_a.b_", "1a.example.", "h.:80"],
  ]
) {
  Deno.test(`readTarget() takes the host "${host}"`, () => {
    const { path, origin } = read(`http://${host}/sse/?tz=UTC`, host);
    assertEquals([path, origin], ["/sse/", `http://${host}`]);
  });
}

for (
  const host of [
    ...["", "h?x", "h#x", "h/x", "h/..", "u@h", "u:p@h", "a b", "h\\x", "a,b"],
    ...["h, h", "*", "h:x", "h:99999", "h:80:80", "[::1", "::1", "[h]", "h;x"],
    ...["h%41", "h'", "é", "999.1.1.1", "[1:2:3:4:5:6:7:8:9]", "http://h"],
    ...[
      ".",
      "..",
      ".h",
      "h..",
      "a..b",
      ".:80",
      "-h",
      "h-",
      "a.-b",
      "a-.b",
      "a.b-",
      "a.b-.c",
      "-",
    ],
    ":80",
  ]
) {
  Deno.test(`readTarget() refuses the host "${host}"`, () => {
    const detail = "it must be a host or host:port";
    // An empty one is not glued in front, but Deno's own address.
    assertRefused(
      () => read(`http://${host || "localhost"}/sse/x`, host),
      detail,
    );
    // As :authority over HTTP/2, or in a URL, where the host ends at these.
    if (/[/?#]/.test(host)) return;
    assertRefused(() => read(`http://${host}/sse/x`), detail);
  });
}

Deno.test("readTarget() does without a Host, as HTTP/1.0 and HTTP/2 may", () => {
  assertEquals(read("http://localhost:8000/sse/news").path, "/sse/news");
});

Deno.test("readTarget() takes a URL for what it names, whatever the Host is", () => {
  const { path, origin, search } = read("http://other:81/sse/a?since=1s", "h");
  assertEquals([path, origin, search], [
    "/sse/a",
    "http://other:81",
    "?since=1s",
  ]);
  assertEquals(read("HTTPS://other/sse/", "h").path, "/sse/");
  assertEquals(read("http://other?a=b", "h").path, "/");
  for (const url of ["ftp://h/x", "h:80", "file:///x", ""]) {
    assertRefused(() => read(url, "h"), "it must be a path");
  }
});

Deno.test("readTarget() reads a query as the URL standard does, but refuses what is no UTF-8", () => {
  const query = (text: string) => [...read(`http://h/?${text}`, "h").query];
  assertEquals(query("event=caf%C3%A9+a%2Bb&x&&y=="), [
    ["event", "café a+b"],
    ["x", ""],
    ["y", "="],
  ]);
  // A lone percent sign stands for itself.
  assertEquals(query("event=100%&x=%zz&y=%4"), [
    ["event", "100%"],
    ["x", "%zz"],
    ["y", "%4"],
  ]);
  assertEquals(query("event=%EF%BF%BD&x=é"), [["event", "\uFFFD"], [
    "x",
    "é",
  ]]);
  for (
    const text of [
      "event=caf%E9",
      "%E9",
      "a=b&%FF=c",
      "a=%C3&b=%A9",
      "x=%ED%A0%80",
    ]
  ) {
    assertRefused(() => query(text), "Cannot read the query: it must be UTF-8");
  }
});

const SEGMENT = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 })
  .filter((text) => text.isWellFormed() && !/[\p{Cc}/\\,?#%]/u.test(text))
  .filter((text) => text !== "." && text !== "..");

Deno.test("readTarget() gives back every path of plain segments, however they are encoded", () => {
  const encode = (text: string, all: boolean) =>
    all
      ? [...new TextEncoder().encode(text)]
        .map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("")
      : encodeURIComponent(text);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(SEGMENT, fc.boolean()), { minLength: 1, maxLength: 4 }),
      (segments) => {
        const raw = segments.map((segment) => `/${encode(...segment)}`).join(
          "",
        );
        const plain = segments.map(([text]) => `/${text}`).join("");
        assertEquals(path(raw), plain === "/*" ? "*" : plain);
      },
    ),
  );
});

Deno.test("readTarget() reads a path as URL does, or refuses it", () => {
  const piece = fc.constantFrom(
    ...["/", "/", ".", "%2e", "%2E", "\\", "%5c", "%2f", "%25", "%", "2e", "a"],
    ...["%61", "#", "?", ",", "%2c", "%00", ":", "//h", "@", "%c3%a9", "%e9"],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const url = `http://h/${pieces.join("")}`;
      let target;
      try {
        target = read(url, "h");
      } catch (error) {
        assertInstanceOf(error, InputError);
        return;
      }
      const { pathname } = new URL(url);
      assertEquals(target.path, decodeURIComponent(pathname));
    }),
    { numRuns: 5_000 },
  );
});

Deno.test("readTarget takes * alone for the server as a whole", () => {
  assertEquals(path("*"), "*");
  assertEquals(path("/*"), "*");
  assertEquals(path("*x"), "*x");
  assertEquals(path("/*x"), "/*x");
});
