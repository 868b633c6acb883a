import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { cookieTrust } from "../../access/cookie_trust.ts";
import { askingWith } from "./grants.ts";

const LISTED = "https://listed.test";

interface Case {
  site?: string;
  origin?: string;
  method?: string;
  own?: string;
}

/** Whether cookies count on a server at http://chime.test, unless another place is named. */
function counts(
  { site, origin, method = "GET", own = "http://chime.test" }: Case,
): boolean {
  const asking = askingWith({
    ...site !== undefined && { "sec-fetch-site": site },
    ...origin !== undefined && { origin },
  });
  const trusts = cookieTrust((origin) => origin === LISTED);
  return trusts({ ...asking, method, origin: own });
}

const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE"];

for (
  const [what, rule, expected] of [
    ["Sec-Fetch-Site same-origin", { site: "same-origin" }, true],
    [
      "same-origin, whatever the Origin",
      { site: "same-origin", origin: "https://evil.test" },
      true,
    ],
    ["same-site", { site: "same-site" }, false],
    ["cross-site", { site: "cross-site" }, false],
    ["none, as of an address that was typed in", { site: "none" }, false],
    ["an empty Sec-Fetch-Site", { site: "" }, false],
    ["Same-Origin in another case", { site: "Same-Origin" }, false],
    ["two values", { site: "same-origin, cross-site" }, false],
    ["a listed Origin", { origin: LISTED }, true],
    [
      "a listed Origin that is of another site",
      { site: "cross-site", origin: LISTED },
      true,
    ],
    [
      "the own Origin, where the browser says cross-site",
      { site: "cross-site", origin: "http://chime.test" },
      false,
    ],
    [
      "the own Origin, where the browser says same-site",
      { site: "same-site", origin: "http://chime.test" },
      false,
    ],
    ["the own Origin", { origin: "http://chime.test" }, true],
    ["the own host over TLS", { origin: "https://chime.test" }, true],
    [
      "the own host in another case",
      { origin: "https://CHIME.test", own: "http://Chime.TEST" },
      true,
    ],
    [
      "the own host and port",
      { origin: "https://chime.test:8443", own: "http://chime.test:8443" },
      true,
    ],
    [
      "a Host with the port of TLS",
      { origin: "https://chime.test", own: "http://chime.test:443" },
      true,
    ],
    [
      "a Host with the port of HTTP",
      { origin: "http://chime.test", own: "http://chime.test:80" },
      true,
    ],
    [
      "a port of the other scheme",
      { origin: "https://chime.test", own: "http://chime.test:80" },
      false,
    ],
    [
      "another port",
      { origin: "http://chime.test:81", own: "http://chime.test" },
      false,
    ],
    [
      "no port, where the server's is another",
      { origin: "http://chime.test", own: "http://chime.test:8000" },
      false,
    ],
    ["another host", { origin: "https://evil.test" }, false],
    ["a host that ends alike", { origin: "https://evilchime.test" }, false],
    ["a host that begins alike", { origin: "https://chime.test.evil" }, false],
    ["a host below", { origin: "https://a.chime.test" }, false],
    ["a host above", { origin: "https://test" }, false],
    ["the user chime.test", { origin: "https://chime.test@evil.test" }, false],
    ["a user", { origin: "https://u@chime.test" }, false],
    ["a path", { origin: "https://chime.test/" }, false],
    ["a query", { origin: "https://chime.test?" }, false],
    ["a backslash", { origin: "https://chime.test\\x" }, false],
    ["two", { origin: "https://chime.test, https://chime.test" }, false],
    ["null", { origin: "null" }, false],
    ["an empty one", { origin: "" }, false],
    ["a host alone", { origin: "chime.test" }, false],
    ["another scheme", { origin: "xhttps://chime.test" }, false],
    ["an app", { origin: "capacitor://chime.test" }, false],
    [
      "an IPv6 address",
      { origin: "http://[::1]:80", own: "http://[::1]" },
      true,
    ],
    [
      "another IPv6 address",
      { origin: "http://[::2]", own: "http://[::1]" },
      false,
    ],
  ] as [string, Case, boolean][]
) {
  Deno.test(`Cookies ${expected ? "" : "do not "}count with the Origin or Sec-Fetch-Site: ${what}`, () => {
    for (const method of METHODS) {
      assertEquals(counts({ ...rule, method }), expected, method);
    }
  });
}

Deno.test("Cookies count without Origin and Sec-Fetch-Site on a GET and a HEAD alone", () => {
  for (const method of METHODS) {
    assertEquals(counts({ method }), ["GET", "HEAD"].includes(method), method);
  }
});

Deno.test("Cookies never count for an Origin of another host, whatever else is sent but same-origin", () => {
  const own = fc.domain();
  fc.assert(fc.property(
    fc.webUrl({ withFragments: false }),
    own,
    fc.constantFrom(undefined, "cross-site", "same-site", "none", ""),
    fc.constantFrom(...METHODS),
    (url, own, site, method) => {
      const { origin, host } = new URL(url);
      if (host === own) return;
      assertEquals(
        counts({
          origin,
          method,
          own: `http://${own}`,
          ...site !== undefined && { site },
        }),
        false,
      );
    },
  ));
});
