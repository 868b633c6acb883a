import { assertEquals, assertThrows } from "@std/assert";
import { readConfig, showConfig } from "../../config.ts";
import { ConfigError } from "../../config/config_error.ts";

function read(args: string[], env: Record<string, string> = {}) {
  return readConfig(args, (name) => env[name]);
}

/** The message for an option after `--`. */
const AFTER = (name: string) =>
  `Cannot use --${name} after --: leave out the -- (see --help)`;

const DEFAULTS = {
  host: "127.0.0.1",
  port: 8000,
  listener: "deno",
  basePath: undefined,
  token: undefined,
  tokenFile: undefined,
  tokensFile: undefined,
  isPrivate: [],
  jwtKeys: [],
  jwtIssuers: [],
  jwtAudiences: [],
  jwtClaim: "chime",
  jwtMaxAgeMs: 30 * 86_400_000,
  authUrl: undefined,
  authCookie: undefined,
  journal: { kind: "memory" },
  retainEvents: 10_000,
  retainForMs: 86_400_000,
  retainTotalBytes: 0,
  redisKey: "chime",
  maxBodyBytes: 262_144,
  heartbeatS: 8,
  maxMemoryBytes: 0,
  maxConnections: undefined,
  maxPerAddress: undefined,
  trustedProxies: [],
  allowedHosts: [],
  corsOrigins: [],
  workers: 1,
  log: "text",
  accessLog: false,
} as const;

/** A value of each option that is not its default: as it is written, as it is read, and its variable. */
const VALUES: [flag: string, text: string, variable: string, read: object][] = [
  ["--host", "::1", "CHIME_HOST", { host: "::1" }],
  ["--port", "0", "CHIME_PORT", { port: 0 }],
  ["--token", "a+b/c==", "CHIME_TOKEN", { token: "a+b/c==" }],
  ["--token-file", "/run/secrets/a", "CHIME_TOKEN_FILE", {
    tokenFile: "/run/secrets/a",
  }],
  ["--tokens", "tokens.json", "CHIME_TOKENS", { tokensFile: "tokens.json" }],
  ["--private", "user.*", "CHIME_PRIVATE", { isPrivate: ["user.*"] }],
  ["--auth-url", "https://a.test/auth?b=1", "CHIME_AUTH_URL", {
    authUrl: "https://a.test/auth?b=1",
  }],
  ["--auth-cookie", "__Host-chime", "CHIME_AUTH_COOKIE", {
    authCookie: "__Host-chime",
  }],
  ["--journal", "sqlite:a.db", "CHIME_JOURNAL", {
    journal: { kind: "sqlite", path: "a.db" },
  }],
  ["--base-path", "/live", "CHIME_BASE_PATH", { basePath: "/live" }],
  ["--base-path", "/", "CHIME_BASE_PATH", { basePath: "" }],
  ["--base-path", "/a.b/~c-d/", "CHIME_BASE_PATH", { basePath: "/a.b/~c-d" }],
  ["--listener", "node", "CHIME_LISTENER", { listener: "node" }],
  ["--journal", "rediss://u:secret@redis.test:6380/2", "CHIME_JOURNAL", {
    journal: { kind: "redis", url: "rediss://u:secret@redis.test:6380/2" },
  }],
  ["--retain-events", "5", "CHIME_RETAIN_EVENTS", { retainEvents: 5 }],
  ["--retain-for", "90s", "CHIME_RETAIN_FOR", { retainForMs: 90_000 }],
  ["--retain-total", "2MiB", "CHIME_RETAIN_TOTAL", {
    retainTotalBytes: 2 * 1024 ** 2,
  }],
  ["--redis-key", "news", "CHIME_REDIS_KEY", { redisKey: "news" }],
  ["--max-body", "1MiB", "CHIME_MAX_BODY", { maxBodyBytes: 1_048_576 }],
  ["--heartbeat", "30s", "CHIME_HEARTBEAT", { heartbeatS: 30 }],
  ["--max-memory", "1GiB", "CHIME_MAX_MEMORY", { maxMemoryBytes: 1024 ** 3 }],
  ["--max-connections", "5000", "CHIME_MAX_CONNECTIONS", {
    maxConnections: 5_000,
  }],
  [
    "--max-connections-per-address",
    "20",
    "CHIME_MAX_CONNECTIONS_PER_ADDRESS",
    { maxPerAddress: 20 },
  ],
  ["--trusted-proxy", "10.0.0.1", "CHIME_TRUSTED_PROXY", {
    trustedProxies: ["10.0.0.1/32"],
  }],
  ["--trusted-proxy", "2001:db8::/32", "CHIME_TRUSTED_PROXY", {
    trustedProxies: ["2001:db8::/32"],
  }],
  ["--trusted-proxy", "::ffff:10.0.0.0/104", "CHIME_TRUSTED_PROXY", {
    trustedProxies: ["10.0.0.0/8"],
  }],
  ["--allowed-host", "Chime.Example.", "CHIME_ALLOWED_HOST", {
    allowedHosts: ["chime.example"],
  }],
  ["--allowed-host", "[0:0::1]", "CHIME_ALLOWED_HOST", {
    allowedHosts: ["[::1]"],
  }],
  ["--cors-origin", "https://a.test", "CHIME_CORS_ORIGIN", {
    corsOrigins: ["https://a.test"],
  }],
  ["--workers", "auto", "CHIME_WORKERS", { workers: 0 }],
  ["--log", "json", "CHIME_LOG", { log: "json" }],
];

/** The variables that must not be empty. */
const REFUSING_EMPTY = [
  ...["CHIME_TOKEN", "CHIME_TOKEN_FILE", "CHIME_TOKENS", "CHIME_PRIVATE"],
  ...["CHIME_AUTH_URL", "CHIME_AUTH_COOKIE"],
];

/** What is refused, and the beginning of the message. */
type Refusal = [
  args: string[],
  env: Record<string, string>,
  message: string,
];

Deno.test("readConfig uses the defaults", () => {
  assertEquals<unknown>(read([]), DEFAULTS);
});

for (const [flag, text, variable, setting] of VALUES) {
  Deno.test(`readConfig reads ${flag} and ${variable}`, () => {
    const expected = { ...DEFAULTS, ...setting };
    assertEquals<unknown>(read([flag, text]), expected);
    assertEquals<unknown>(read([`${flag}=${text}`]), expected);
    assertEquals<unknown>(read([], { [variable]: text }), expected);
  });
}

Deno.test("readConfig prefers an option to CHIME_PORT, and CHIME_PORT to PORT", () => {
  const env = { CHIME_PORT: "82", PORT: "81", CHIME_HOST: "b", HOST: "a" };
  const port = (args: string[], env: Record<string, string>) => {
    const config = read(args, env);
    return typeof config === "object" && [config.host, config.port];
  };
  assertEquals(port(["--port=83", "--host=c"], env), ["c", 83]);
  assertEquals(port([], env), ["b", 82]);
  assertEquals(port([], { ...env, CHIME_PORT: "", CHIME_HOST: "" }), ["a", 81]);
});

Deno.test("readConfig takes an empty variable for one that is not set", () => {
  const names = ["HOST", "PORT", ...VALUES.map(([, , variable]) => variable)]
    .filter((name) => !REFUSING_EMPTY.includes(name));
  const env = Object.fromEntries(names.map((name) => [name, ""]));
  assertEquals<unknown>(read([], env), DEFAULTS);
});

for (const name of REFUSING_EMPTY) {
  Deno.test(`readConfig refuses an empty ${name}, unless the option is on the command line`, () => {
    assertThrows(
      () => read([], { [name]: "" }),
      ConfigError,
      `Cannot use ${name} "": it must have a value, or not be set`,
    );
    const [flag, text] = VALUES.find(([, , variable]) => variable === name)!;
    read([flag, text], { [name]: "" });
  });
}

Deno.test("readConfig refuses a token and a file with the token together", () => {
  for (
    const [args, env] of [
      [["--token=a", "--token-file=b"], {}],
      [["--token=a"], { CHIME_TOKEN_FILE: "b" }],
      [[], { CHIME_TOKEN: "a", CHIME_TOKEN_FILE: "b" }],
    ] as const
  ) {
    assertThrows(
      () => read([...args], env),
      ConfigError,
      "Cannot use the token's file: either --token or --token-file must be set, not both",
    );
  }
});

Deno.test("readConfig takes --private several times, and commas in its variable", () => {
  const isPrivate = ["user.*", "a/b"];
  const expected = { ...DEFAULTS, isPrivate };
  assertEquals<unknown>(read(["--private=user.*", "--private=a/b"]), expected);
  const variable = { CHIME_PRIVATE: "user.*, a/b" };
  assertEquals<unknown>(read([], variable), expected);
  for (const text of ["", "user*", "a b", "status", "user.*,", ",", "**"]) {
    assertThrows(
      () => text ? read([], { CHIME_PRIVATE: text }) : read(["--private="]),
      ConfigError,
      "must be *, a channel's name, or the beginning of names and .* :* or /*",
    );
  }
});

Deno.test("readConfig takes a repeatable option several times, and commas in its variable", () => {
  const corsOrigins = ["https://a.test", "*"];
  const expected = { ...DEFAULTS, corsOrigins };
  const args = corsOrigins.map((origin) => `--cors-origin=${origin}`);
  assertEquals<unknown>(read(args), expected);
  for (const text of ["https://a.test,*", " https://a.test , * "]) {
    assertEquals<unknown>(read([], { CHIME_CORS_ORIGIN: text }), expected);
  }
  assertEquals<unknown>(
    read(["--cors-origin=*"], { CHIME_CORS_ORIGIN: "https://a.test" }),
    { ...DEFAULTS, corsOrigins: ["*"] },
  );
});

Deno.test("readConfig takes the last of several values where one is wanted", () => {
  assertEquals<unknown>(read(["--port", "1", "--port", "2"]), {
    ...DEFAULTS,
    port: 2,
  });
});

Deno.test("readConfig reads --access-log, which needs no value, and CHIME_ACCESS_LOG", () => {
  const expected = (accessLog: boolean) => ({ ...DEFAULTS, accessLog });
  for (const flag of ["--access-log", "--access-log=true", "--access-log=1"]) {
    assertEquals<unknown>(read([flag]), expected(true));
  }
  for (const value of ["true", "1", "false", "0"]) {
    const env = { CHIME_ACCESS_LOG: value };
    const isOn = value === "true" || value === "1";
    assertEquals<unknown>(read([], env), expected(isOn));
    assertEquals<unknown>(read(["--access-log=false"], env), expected(false));
    assertEquals<unknown>(read(["--access-log"], env), expected(true));
  }
});

Deno.test("showConfig shows each setting that has a value, and no secret", () => {
  const shown = showConfig(
    [
      ...["--port=1", "--port=2", "--token=s3cret"],
      ...["--cors-origin=https://a.test", "--auth-cookie=session"],
      "--auth-url=http://a.test:81/auth?key=s3cret",
    ],
    (name) => name === "CHIME_JOURNAL" ? "redis://:s3cret@h" : undefined,
  );
  assertEquals(shown, {
    "host": "127.0.0.1",
    "port": "2",
    "listener": "deno",
    "token": "set",
    "jwt-claim": "chime",
    "jwt-max-age": "30d",
    "auth-url": "http://a.test:81/auth?…",
    "auth-cookie": "session",
    "journal": "redis:…",
    "retain-events": "10000",
    "retain-for": "24h",
    "retain-total": "auto",
    "redis-key": "chime",
    "max-body": "256KiB",
    heartbeat: "8s",
    "max-memory": "auto",
    "cors-origin": "https://a.test",
    "workers": "1",
    "log": "text",
    "access-log": "false",
  });
  const places = ["/etc/key", "https://a.test/keys?key=s3cret#s3cret"];
  assertEquals(
    showConfig(
      places.map((place) => `--jwt-key=${place}`),
      () => undefined,
    )["jwt-key"],
    "/etc/key,https://a.test/keys",
  );
  const defaults = showConfig([], () => undefined);
  assertEquals([defaults.journal, defaults.token], ["memory:", undefined]);
});

Deno.test("readConfig knows --help and --version, and their short forms", () => {
  for (const flag of ["--help", "-h", "-vh"]) {
    assertEquals(read([flag, "--port=none"]), "help");
  }
  for (const flag of ["--version", "-v"]) assertEquals(read([flag]), "version");
});

for (
  const [args, env, message] of [
    [["--prot", "1"], {}, "Cannot use option --prot: must be a known one (see"],
    [["-p", "1"], {}, "Cannot use option -p: must be a known one (see --help)"],
    [["--port"], {}, "Cannot use --port: must have a value (see --help)"],
    [
      ["--port", "--host"],
      {},
      "Cannot use --port: must have a value; one that begins with - needs the form --port=<port> (see --help)",
    ],
    [["--log", "yaml"], {}, 'Cannot use --log "yaml": must be text or json'],
    [
      ["--access-log=yes"],
      {},
      'Cannot use --access-log "yes": must be true or false',
    ],
    [
      ["--access-log", "false"],
      {},
      "Cannot use argument 2: must be an option (see --help)",
    ],
    [
      [],
      { CHIME_ACCESS_LOG: "on" },
      'Cannot use CHIME_ACCESS_LOG "on": must be true or false',
    ],
    [["--help=1"], {}, "Cannot use --help: must have no value (see --help)"],
    [["serve"], {}, "Cannot use argument 1: must be an option (see --help)"],
    [["--", "x"], {}, "Cannot use argument 2: must be an option (see --help)"],
    [["--", "--port", "0"], {}, AFTER("port")],
    [["--", "--port=0"], {}, AFTER("port")],
    [["--", "--help"], {}, AFTER("help")],
    [["--workers=2", "--", "--token=S3cret"], {}, AFTER("token")],
    [
      ["--", "--tokenS3cret"],
      {},
      "Cannot use argument 2: must be an option (see --help)",
    ],
    [
      ["--", "-S3cret"],
      {},
      "Cannot use argument 2: must be an option (see --help)",
    ],
    [
      ["--port", "80a"],
      {},
      'Cannot use --port "80a": must be a whole number from 0 to 65535',
    ],
    [["--port", "65536"], {}, 'Cannot use --port "65536"'],
    [["--port=-1"], {}, 'Cannot use --port "-1"'],
    [["--port="], {}, 'Cannot use --port ""'],
    [["--host="], {}, 'Cannot use --host "": must be a name or an address'],
    [[], { PORT: "http" }, 'Cannot use PORT "http": must be a whole number'],
    [[], { CHIME_PORT: "http", PORT: "1" }, 'Cannot use CHIME_PORT "http"'],
    [[], { CHIME_PORT: "1\n2" }, 'Cannot use CHIME_PORT "1\\n2"'],
    [
      ["--retain-events=0"],
      {},
      'Cannot use --retain-events "0": must be a whole number from 1',
    ],
    [[], { CHIME_RETAIN_EVENTS: "1e3" }, 'Cannot use CHIME_RETAIN_EVENTS "1e3'],
    [
      ["--retain-for=1y"],
      {},
      'Cannot use --retain-for "1y": must be a time such as 90s, 5m, 24h or 7d',
    ],
    [["--retain-for=0s"], {}, 'Cannot use --retain-for "0s"'],
    ...["1GB", "999999999MiB", "65MiB", "67108865", "65537KiB", "0", "-1", ""]
      .map((size): Refusal => [
        [`--max-body=${size}`],
        {},
        `Cannot use --max-body "${size}": must be a size such as 65536, 256KiB or 1MiB, and at most 64MiB`,
      ]),
    ...["1s", "61s", "2m", "8", "0s", "", "8S", "-8s", "auto"].map(
      (time): Refusal => [
        [`--heartbeat=${time}`],
        {},
        `Cannot use --heartbeat "${time}": must be a time from 2s to 60s, such as 8s`,
      ],
    ),
    ...["--retain-total", "--max-memory"].flatMap((name) =>
      ["1GB", "1023KiB", "0", "-1", "", "Auto", "9999999999"].map((
        size,
      ): Refusal => [
        [`${name}=${size}`],
        {},
        `Cannot use ${name} "${size}": must be auto, or a size such as 64MiB or 1GiB, and at least 1MiB`,
      ])
    ),
    ...["0", "-1", "1000001", "1e3", "x", ""].flatMap((n) =>
      ["--max-connections", "--max-connections-per-address"].map((
        name,
      ): Refusal => [
        [`${name}=${n}`],
        {},
        `Cannot use ${name} "${n}": must be a whole number from 1 to 1000000`,
      ])
    ),
    ...["localhost", "10.0.0.0/33", "10/8", "10.0.0.0/08", "127.1", ""].map((
      range,
    ): Refusal => [
      [`--trusted-proxy=${range}`],
      {},
      `Cannot use --trusted-proxy "${range}": must be an address such as 192.0.2.7, or a range such as 10.0.0.0/8`,
    ]),
    ...["10.1.2.3/8", "::ffff:10.1.2.3/104"].map((range): Refusal => [
      [`--trusted-proxy=${range}`],
      {},
      `Cannot use --trusted-proxy "${range}": must be written 10.0.0.0/8`,
    ]),
    ...["0.0.0.0/0", "::/0"].map((range): Refusal => [
      [`--trusted-proxy=${range}`],
      {},
      `Cannot use --trusted-proxy "${range}": must not be every address: each client could then say who it is`,
    ]),
    ...["live", "/a//b", "/live//", "/../a", "/a/.", "/a b", "/a%20b", "/a?b"]
      .map((path): Refusal => [
        [`--base-path=${path}`],
        {},
        `Cannot use --base-path "${path}": must be a path such as /live, of segments of A-Z a-z 0-9 . _ ~ -`,
      ]),
    ...["a.example:80", "http://a.example", "::1", "*.example", "a b", "."]
      .map((host): Refusal => [
        [`--allowed-host=${host}`],
        {},
        `Cannot use --allowed-host "${host}": must be a host without a port, such as example.com or [::1]`,
      ]),
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
    ...["auth", "a.test/auth", "ftp://a.test/", "http://", "http:/a.test", ""]
      .map((url): Refusal => [
        [`--auth-url=${url}`],
        {},
        "Cannot use --auth-url",
      ]),
    ...["https://a.test/#", "https://a.test/#x", "https://a.test/a b"]
      .map((url): Refusal => [
        [`--auth-url=${url}`],
        {},
        "must be a URL such as https://app.example.com/chime/auth, without #",
      ]),
    ...["http://u@a.test/", "http://:s3cret@a.test/", "http://u:s3cret@a.test"]
      .map((url): Refusal => [
        [`--auth-url=${url}`],
        {},
        "must have no user and no password",
      ]),
    ...["", "a b", "a=b", "a;b", "a,b", '"a"', "é", "a\tb", "(a)", "a\n"]
      .map((name): Refusal => [
        [`--auth-cookie=${name}`],
        {},
        "must be a cookie's name",
      ]),
    [["--cors-origin=null"], {}, 'Cannot use --cors-origin "null": '],
    [["--cors-origin="], {}, 'Cannot use --cors-origin "": '],
    [
      [],
      { CHIME_CORS_ORIGIN: "https://a.test,a" },
      'Cannot use CHIME_CORS_ORIGIN "a": an origin must be as',
    ],
    [
      [],
      { CHIME_CORS_ORIGIN: "https://a.test," },
      'Cannot use CHIME_CORS_ORIGIN ""',
    ],
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
    ].map(([path, right]): Refusal => [
      [],
      { CHIME_JOURNAL: `sqlite:${path}` },
      `Cannot use CHIME_JOURNAL "sqlite:${path}": must be written ${right}`,
    ]),
    ...[":memory:", "file::memory:", "file:events.db?mode=memory&cache=shared"]
      .map((path): Refusal => [
        [`--journal=sqlite:${path}`],
        {},
        `Cannot use --journal "sqlite:${path}": must be memory: for a journal in memory`,
      ]),
    [
      ["--journal=sqlite:a\0b\n"],
      {},
      'Cannot use --journal "sqlite:a\\u0000b\\n": must name a file without control characters',
    ],
    ...["/events.db", "/data/../events.db"].map((path): Refusal => [
      [`--journal=sqlite:${path}`],
      {},
      `Cannot use --journal "sqlite:${path}": must name a file in a folder, such as sqlite:/data/events.db`,
    ]),
    ...["", " ", "\t", "a\nb", "a\0", "{a}", "a{b"].map((key): Refusal => [
      [`--redis-key=${key}`],
      {},
      `Cannot use --redis-key ${
        JSON.stringify(key)
      }: must be a key such as chime, not blank and `,
    ]),
    [["--journal=sqlite:"], {}, 'Cannot use --journal "sqlite:": must be'],
    ...["0", "100", "01", "1.5", ""].map((count): Refusal => [
      [`--workers=${count}`],
      {},
      `Cannot use --workers "${count}": must be 1 to 99, or auto`,
    ]),
    ...["ftp://a.test/keys", "file:///etc/key", "https://", "http://a b/"]
      .map((place): Refusal => [
        [`--jwt-key=${place}`],
        {},
        "must be a file, or a URL that begins with https://",
      ]),
    [
      ["--jwt-key=https://user@a.test/keys"],
      {},
      'Cannot use --jwt-key "https://a.test/keys": must be a file, or a URL that begins with https://, without a user\'s',
    ],
    ...["--jwt-key=", "--jwt-key=a\nb"].map((arg): Refusal => [
      [arg],
      {},
      "must name a file, without control characters",
    ]),
    ...["issuer", "audience", "claim"].flatMap((name) =>
      ["", "a\nb"].map((text): Refusal => [
        [`--jwt-${name}=${text}`],
        {},
        `Cannot use --jwt-${name} ${
          JSON.stringify(text)
        }: must be a text without control characters`,
      ])
    ),
    [["--token=a=b"], {}, "Cannot use --token: must be made of"],
    [
      ["--portable"],
      {},
      "Cannot use option --portable: must be a known one (see --help)",
    ],
  ] as Refusal[]
) {
  Deno.test(`readConfig refuses ${JSON.stringify(args)} ${JSON.stringify(env)} in one line`, () => {
    const error = assertThrows(() => read(args, env), ConfigError, message);
    assertEquals(error.message.includes("\n"), false);
  });
}

for (
  const [args, env, message] of [
    [["--token=s3cret word"], {}, "Cannot use --token: must be made of"],
    [[], { CHIME_TOKEN: "s3cret word" }, "Cannot use CHIME_TOKEN: must be"],
    [
      ["--jwt-key=https://a:s3cret@a.test/?key=s3cret"],
      {},
      'Cannot use --jwt-key "https://a.test/": must be a file, or a URL',
    ],
    [["--jwt-key=ftp://a:s3cret@b:c:d/"], {}, "Cannot use --jwt-key: must be"],
    [["--token", "my", "s3cret"], {}, "Cannot use argument 3: must be an"],
    [["--token", "-s3cret"], {}, "Cannot use --token: must have a value; one"],
    [["--token:s3cret"], {}, "Cannot use option --token…: must be a known one"],
    [["--tokens3cret"], {}, "Cannot use option --token…: must be a known one"],
    [["--tokn=s3cret"], {}, "Cannot use option --tokn: must be a known one"],
    [["--tokn:s3cret"], {}, "Cannot use option --tokn: must be a known one"],
    [["-ts3cret"], {}, "Cannot use option -t: must be a known one (see --help"],
    [["--help=s3cret"], {}, "Cannot use --help: must have no value (see"],
    [
      ["--journal=mysql://u:s3cret@h"],
      {},
      'Cannot use --journal "mysql:…": must be memory:, sqlite:<file>, redis://<host> or rediss://<host>',
    ],
    [
      [],
      { CHIME_JOURNAL: "s3cret@h:6379" },
      "Cannot use CHIME_JOURNAL: must be memory:",
    ],
    [
      [],
      { CHIME_JOURNAL: "redis://u:s3cret@h/first" },
      'Cannot use CHIME_JOURNAL "redis:…": the URL of Redis must have no path but the number of a database',
    ],
    [["--journal=redis:u:s3cret"], {}, 'Cannot use --journal "redis:…": the'],
  ] as Refusal[]
) {
  Deno.test(`readConfig shows no secret of ${JSON.stringify(args)} ${JSON.stringify(env)}`, () => {
    const error = assertThrows(() => read(args, env), ConfigError, message);
    assertEquals(/s3cret/.test(error.message), false, error.message);
  });
}

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

Deno.test("readConfig rounds heartbeats down to what streams share", () => {
  for (const [time, heartbeatS] of [["3s", 2], ["59s", 30], ["1m", 60]]) {
    assertEquals<unknown>(read(["--heartbeat", `${time}`]), {
      ...DEFAULTS,
      heartbeatS,
    });
  }
});

Deno.test("readConfig takes the largest body, a file of any other name, and a key with spaces", () => {
  for (const size of ["64MiB", "65536KiB", "67108864"]) {
    assertEquals<unknown>(read(["--max-body", size]), {
      ...DEFAULTS,
      maxBodyBytes: 67_108_864,
    });
  }
  for (const path of ["my events.db", "/data/é#.db", "../x", ":x", "memory"]) {
    assertEquals<unknown>(read(["--journal", `sqlite:${path}`]), {
      ...DEFAULTS,
      journal: { kind: "sqlite", path },
    });
  }
  assertEquals<unknown>(read(["--redis-key= a b"]), {
    ...DEFAULTS,
    redisKey: " a b",
  });
});

Deno.test("readConfig takes a lone dash for a value, and a token that ends in =", () => {
  assertEquals<unknown>(read(["--redis-key", "-", "--token", "a=="]), {
    ...DEFAULTS,
    redisKey: "-",
    token: "a==",
  });
});
