import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ConfigError, readConfig } from "../../config.ts";
import manifest from "../../deno.json" with { type: "json" };
import { HELP, VERSION } from "../../config/help.ts";

function read(args: string[], env: Record<string, string> = {}) {
  return readConfig(args, (name) => env[name]);
}

const DEFAULTS = {
  host: "127.0.0.1",
  port: 8000,
  token: undefined,
  journal: { kind: "memory" },
  retention: { maxEvents: 10_000, maxAgeMs: 86_400_000 },
  maxBodyBytes: 262_144,
  corsOrigins: [],
  workers: 1,
} as const;

Deno.test("readConfig uses the defaults", () => {
  assertEquals<unknown>(read([]), DEFAULTS);
});

Deno.test("readConfig puts the environment over the defaults, and flags over both", () => {
  const env = {
    HOST: "0.0.0.0",
    PORT: "81",
    CHIME_TOKEN: "t",
    CHIME_JOURNAL: "sqlite:a.db",
  };
  assertEquals<unknown>(read([], env), {
    ...DEFAULTS,
    host: "0.0.0.0",
    port: 81,
    token: "t",
    journal: { kind: "sqlite", path: "a.db" },
  });
  assertEquals<unknown>(
    read(
      ["--port", "0", "--host=::1", "--token=u", "--journal=memory:"],
      env,
    ),
    { ...DEFAULTS, host: "::1", port: 0, token: "u" },
  );
});

Deno.test("readConfig reads every flag", () => {
  assertEquals<unknown>(
    read([
      "--journal=rediss://user:secret@redis.test:6380/2",
      "--redis-key=news",
      "--retain-events=5",
      "--retain-for=90s",
      "--max-body=1MiB",
      "--cors-origin=https://a.test",
      "--cors-origin=*",
      "--workers=auto",
    ]),
    {
      ...DEFAULTS,
      journal: {
        kind: "redis",
        url: "rediss://user:secret@redis.test:6380/2",
        key: "news",
      },
      retention: { maxEvents: 5, maxAgeMs: 90_000 },
      maxBodyBytes: 1_048_576,
      corsOrigins: ["https://a.test", "*"],
      workers: 0,
    },
  );
});

Deno.test("readConfig takes an empty variable for none", () => {
  const env = { HOST: "", PORT: "", CHIME_TOKEN: "", CHIME_JOURNAL: "" };
  assertEquals<unknown>(read([], env), DEFAULTS);
});

Deno.test("readConfig hears --help and --version", () => {
  assertEquals(read(["--help"]), "help");
  assertEquals(read(["--version"]), "version");
});

for (
  const [args, env, message] of [
    [["--prot", "1"], {}, "Unknown option '--prot' (see --help)"],
    [["--port"], {}, "Option '--port <value>' argument missing (see --help)"],
    [["serve"], {}, "Unexpected argument 'serve'"],
    [
      ["--port", "80a"],
      {},
      'Cannot use --port "80a": a port is a whole number from 0 to 65535',
    ],
    [["--port", "65536"], {}, 'Cannot use --port "65536"'],
    [["--port=-1"], {}, 'Cannot use --port "-1"'],
    [["--port="], {}, 'Cannot use --port ""'],
    [[], { PORT: "http" }, 'Cannot use PORT "http"'],
    [["--host="], {}, 'Cannot use --host ""'],
    [
      ["--retain-events=0"],
      {},
      'Cannot use --retain-events "0": a count is a whole number from 1',
    ],
    [
      ["--retain-for=1y"],
      {},
      'Cannot use --retain-for "1y": a time is as 90s, 5m, 24h or 7d',
    ],
    [["--retain-for=0s"], {}, 'Cannot use --retain-for "0s"'],
    [
      ["--max-body=1GB"],
      {},
      'Cannot use --max-body "1GB": a size must be as 65536, 256KiB or 1MiB, and 64MiB at most',
    ],
    ...["999999999MiB", "65MiB", "67108865", "65537KiB", "0", "0MiB", "-1", ""]
      .map((size) =>
        [[`--max-body=${size}`], {}, `Cannot use --max-body "${size}": `] as [
          string[],
          Record<string, string>,
          string,
        ]
      ),
    [
      ["--cors-origin=example.com"],
      {},
      'Cannot use --cors-origin "example.com": an origin must be as https://example.com, ',
    ],
    [
      ["--cors-origin=https://a.test", "--cors-origin=https://B.test"],
      {},
      'Cannot use --cors-origin "https://B.test": an origin must be as browsers send it: https://b.test',
    ],
    [["--cors-origin=null"], {}, 'Cannot use --cors-origin "null": '],
    [["--cors-origin="], {}, 'Cannot use --cors-origin "": '],
    ...[
      ["//events.db", "sqlite:events.db"],
      ["///data/events.db", "sqlite:/data/events.db"],
      ["////data/events.db", "sqlite:/data/events.db"],
      ["file:events.db", "sqlite:events.db"],
      ["file:///data/events.db?mode=ro", "sqlite:/data/events.db"],
      ["events.db?cache=shared", "sqlite:events.db"],
      [" events.db", "sqlite:events.db"],
      ["events.db ", "sqlite:events.db"],
      ["  ", "sqlite:<file>"],
      ["//", "sqlite:<file>"],
      ["file:", "sqlite:<file>"],
    ].map(([path, right]) =>
      [
        [],
        { CHIME_JOURNAL: `sqlite:${path}` },
        `Cannot use --journal "sqlite:${path}": it must be as ${right}`,
      ] as [string[], Record<string, string>, string]
    ),
    ...[":memory:", "file::memory:", "file:events.db?mode=memory&cache=shared"]
      .map((path) =>
        [
          [`--journal=sqlite:${path}`],
          {},
          `Cannot use --journal "sqlite:${path}": a journal in memory must be memory:`,
        ] as [string[], Record<string, string>, string]
      ),
    [
      ["--journal=sqlite:a\0b\n"],
      {},
      'Cannot use --journal "sqlite:a\\u0000b\\n": a file\'s name must hold no control characters',
    ],
    ...["/events.db", "/data/../events.db"].map((path) =>
      [
        [`--journal=sqlite:${path}`],
        {},
        `Cannot use --journal "sqlite:${path}": its file must be in a folder, as in sqlite:/data/events.db`,
      ] as [string[], Record<string, string>, string]
    ),
    ...["", " ", "\t", "a\nb", "a\0"].map((key) =>
      [
        [`--redis-key=${key}`],
        {},
        `Cannot use --redis-key ${JSON.stringify(key)}: a key must `,
      ] as [string[], Record<string, string>, string]
    ),
    [
      ["--cors-origin=https://a.test/"],
      {},
      'Cannot use --cors-origin "https://a.test/"',
    ],
    [
      ["--journal=mysql://u:secret@h"],
      {},
      'Cannot use --journal "mysql:…": a journal is memory:, sqlite:<file>, redis://<host> or rediss://<host>',
    ],
    [
      ["--journal=redis://u:secret@h/first"],
      {},
      "Cannot use the URL of Redis: it has a path that is no database number",
    ],
    [["--journal=sqlite:"], {}, 'Cannot use --journal "sqlite:…"'],
    [
      ["--workers=0"],
      {},
      'Cannot use --workers "0": workers are 1 to 99, or auto',
    ],
    [
      [],
      { CHIME_TOKEN: "two words" },
      "Cannot use the token: a token is made of",
    ],
  ] as [string[], Record<string, string>, string][]
) {
  Deno.test(`readConfig refuses ${JSON.stringify(args)} ${JSON.stringify(env)} in one line`, () => {
    const error = assertThrows(() => read(args, env), ConfigError, message);
    assertEquals(error.message.includes("\n"), false);
  });
}

Deno.test("--help names every flag and variable that there is", () => {
  const flags = [
    ..."host port token journal retain-events retain-for".split(" "),
    ..."redis-key max-body cors-origin workers help version".split(" "),
  ];
  for (const name of flags.map((flag) => `--${flag} `)) {
    assertStringIncludes(HELP, name);
  }
  for (const name of manifest.permissions.serve.env) {
    assertStringIncludes(HELP, name);
  }
  assertStringIncludes(HELP, VERSION);
});

Deno.test("readConfig takes the highest port, and a count in plain digits only", () => {
  assertEquals(read(["--port", "65535"]), { ...DEFAULTS, port: 65_535 });
  for (const text of ["1e3", "0x10", " 5", "1.5"]) {
    assertThrows(
      () => read(["--retain-events", text]),
      ConfigError,
      `Cannot use --retain-events "${text}"`,
    );
  }
});

Deno.test("readConfig takes the largest body, a file of any other name, and a key with spaces", () => {
  for (const size of ["64MiB", "65536KiB", "67108864"]) {
    assertEquals(read(["--max-body", size]), {
      ...DEFAULTS,
      maxBodyBytes: 67_108_864,
    });
  }
  for (const path of ["my events.db", "/data/é#.db", "../x", ":x", "memory"]) {
    assertEquals(read(["--journal", `sqlite:${path}`]), {
      ...DEFAULTS,
      journal: { kind: "sqlite", path },
    });
  }
  assertEquals(
    read(["--journal=redis://h", "--redis-key= a b"]),
    { ...DEFAULTS, journal: { kind: "redis", url: "redis://h", key: " a b" } },
  );
});

Deno.test("--help names the variable for a journal's password", () => {
  assertStringIncludes(
    HELP.replace(/\s+/g, " "),
    "a password belongs in CHIME_JOURNAL, as arguments show in the list of processes",
  );
});
