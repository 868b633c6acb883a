import manifest from "../deno.json" with { type: "json" };

/** Chime's version, as in `deno.json`. */
export const VERSION: string = manifest.version;

/** What `--help` prints. */
export const HELP =
  `Chime ${VERSION} streams live events to browsers with Server-Sent Events.

Usage: chime [options]

  --host <host>          the address to listen on [HOST, default 127.0.0.1]
  --port <port>          the port; 0 picks a free one [PORT, default 8000]
  --token <token>        what publishers must send as Authorization: Bearer;
                         one is drawn and printed if not set [CHIME_TOKEN]
  --journal <url>        where events are kept: memory:, sqlite:<file> or
                         redis[s]://[user:password@]host:port[/db]; a password
                         belongs in CHIME_JOURNAL, as arguments show in the list
                         of processes [CHIME_JOURNAL, default memory:]
  --retain-events <n>    how many events are kept [default 10000]
  --retain-for <time>    for how long, as 90s, 5m, 24h or 7d [default 24h]
  --redis-key <key>      the key of the stream in Redis [default chime]
  --max-body <size>      how large a published body may be, in bytes, or with
                         KiB or MiB; 64MiB at most [default 256KiB]
  --cors-origin <origin> whose pages may use the streams, besides the server's
                         own, as https://*.example.com or capacitor://localhost;
                         repeatable, * for any [default none]
  --workers <n>          how many threads serve, auto for one a core; more than
                         one on Linux only [default 1]
  --help                 print this and exit
  --version              print the version and exit

A flag wins over its environment variable, which wins over the default.
TZ names the time zone of the clock, such as Europe/Paris.
`;
