import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { originFault, originMatcher } from "../../routes/origin_pattern.ts";

const SENT = [
  ...["https://example.com", "http://localhost:8100", "https://localhost"],
  ...["http://[::1]:8100", "http://127.0.0.1", "https://a_b.example.com"],
  ...["https://xn--exmple-cua.com", "https://example.com.", "http://h:443"],
  ...["capacitor://localhost", "ionic://localhost", "tauri://localhost"],
  ...["http://tauri.localhost", "app://bundle", "app://bundle:80"],
  "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
  "moz-extension://0f6b1a4e-0000-4000-8000-123456789abc",
  "safari-web-extension://0F6B1A4E-0000-4000-8000-123456789ABC",
  "vscode-webview://1a2b",
  // Of a WebView on Android, and of Electron.
  ...["file://", "app://."],
];

for (const origin of SENT) {
  Deno.test(`originFault() takes ${origin}, which matches itself alone`, () => {
    assertEquals(originFault(origin), undefined);
    const matches = originMatcher([origin]);
    assert(matches(origin));
    assertEquals(
      [...SENT, "null", `${origin}x`, `${origin}:1`].filter(matches),
      [origin],
    );
  });
}

for (
  const [text, right] of [
    ["https://example.com/", "https://example.com"],
    ["https://example.com/path", "https://example.com"],
    ["https://example.com?x", "https://example.com"],
    ["https://example.com#x", "https://example.com"],
    ["https://EXAMPLE.com", "https://example.com"],
    ["HTTPS://example.com", "https://example.com"],
    ["https://example.com:443", "https://example.com"],
    ["http://example.com:80", "http://example.com"],
    ["http://example.com:", "http://example.com"],
    ["http://example.com:08100", "http://example.com:8100"],
    ["https://user@example.com", "https://example.com"],
    ["https://exämple.com", "https://xn--exmple-cua.com"],
    ["http://127.1", "http://127.0.0.1"],
    ["http://[0:0::1]:8100", "http://[::1]:8100"],
    ["https://.example.com", "https://*.example.com"],
    ["https://*.EXAMPLE.com", "https://*.example.com"],
    ["https://*.example.com/", "https://*.example.com"],
    ["https://*.example.com:443", "https://*.example.com"],
    ["capacitor://localhost/", "capacitor://localhost"],
    ["Capacitor://localhost", "capacitor://localhost"],
    ["app://user@bundle", "app://bundle"],
    ["file:///", "file://"],
    ["file:///x/index.html", "file://"],
    ["FILE://", "file://"],
    ["app://./", "app://."],
    ["App://.", "app://."],
  ] as const
) {
  Deno.test(`originFault() says how ${text} is written`, () => {
    assertEquals(
      originFault(text),
      `an origin must be as browsers send it: ${right}`,
    );
    assertEquals(originFault(right), undefined);
  });
}

for (
  const [rule, texts] of [
    ["an origin must be as https://example.com, ", [
      ...["", "null", "example.com", "localhost:8100", "*.example.com"],
      ...["//example.com", "https:example.com", "https://", "capacitor://"],
      ...[
        "https://*.",
        "https://.",
        "https://..",
        "app://..",
        "app://*..",
        "app://*.",
        "https://a..b",
        "https://..a",
        "https://*..a",
      ],
      ...["https://*.127.0.0.1", "https://*.[::1]", "http://h:65536"],
      ...["http://a%b", "http://[::1", "app://a:x"],
    ]],
    ["* must stand alone, or for the first labels of a domain, as in http", [
      ...["https://example.*", "http://*", "https://*:8080", "https://*a.test"],
      ...["https://a.*.test", "https://*.*.test", "https://**.test"],
    ]],
    ["* must stand alone, or for the first labels of a domain, as in ch", [
      "chrome-extension://*",
    ]],
    ["each origin must have a --cors-origin of its own", [
      ...["https://a.test,https://b.test", "https://a.test https://b.test"],
      ...[" https://a.test", "https://a.test\n"],
    ]],
    ["no page's origin begins with ", [
      ...["data://h", "ws://h", "WSS://h", "ftp://h", "ftp://."],
    ]],
    ["no page's origin has the port 0", [
      ...["http://localhost:0", "https://*.example.com:0", "app://bundle:00"],
    ]],
  ] as const
) {
  for (const text of texts) {
    Deno.test(`originFault() says of ${JSON.stringify(text)} that ${rule}`, () => {
      const fault = originFault(text) ?? "";
      assert(fault.startsWith(rule), fault);
    });
  }
}

Deno.test("originMatcher() lets *. stand for one label or more, and for nothing else", () => {
  const matches = originMatcher([
    "https://*.example.com",
    "http://*.localhost:8100",
  ]);
  for (
    const origin of [
      ...["https://a.example.com", "https://a.b-c.x_y.example.com"],
      ...["http://a.localhost:8100", "https://xn--a.example.com"],
    ]
  ) assert(matches(origin), origin);
  for (
    const origin of [
      ...["https://example.com", "https://.example.com", "null", ""],
      ...[
        "https://aexample.com",
        "http://a.example.com",
        // Cut at the length of https://, a label would be left.
        "http://ab.example.com",
        "https://example.org",
      ],
      ...["https://a.example.com:8443", "https://a.example.com.evil.test"],
      ...["https://evil.test/.example.com", "https://evil.test:1.example.com"],
      ...["https://u@a.example.com", "https://a..example.com"],
      ...[
        "https://a.example.com/",
        "http://a.localhost",
        "https://*.example.com",
      ],
    ]
  ) assertEquals(matches(origin), false, origin);
});

Deno.test("originFault() takes what it says is right, and every origin that a URL of a page has", () => {
  const piece = fc.constantFrom(
    ...[
      "https://",
      "http://",
      "app://",
      "*.",
      "*",
      ".",
      "a",
      "B",
      ":443",
      ":80",
    ],
    ...["/", "@", "example.com", "[::1]", "127.1", "ü", "%41", "?", "#", "\\"],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const text = pieces.join("");
      const right = originFault(text)?.split("browsers send it: ")[1];
      if (right !== undefined) assertEquals(originFault(right), undefined);
      const origin = URL.parse(text)?.origin ?? "null";
      if (origin === "null" || /\*|\.\.|\/\.|^.*:\/\/[^.]*$/.test(origin)) {
        return;
      }
      assertEquals(originFault(origin), undefined);
      assert(originMatcher([origin])(origin));
    }),
    { numRuns: 5_000 },
  );
});
