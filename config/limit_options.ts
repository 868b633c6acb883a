import type { Option } from "./option.ts";
import * as readers from "./readers.ts";

/** Options that bound what clients can take, in the order of `--help`. */
export const LIMIT_OPTIONS = {
  maxBodyBytes: {
    name: "max-body",
    variables: ["CHIME_MAX_BODY"],
    hint: "<size>",
    default: "256KiB",
    text:
      "the largest body that may be published, in bytes, KiB or MiB; 64MiB at most",
    read: readers.readBodySize,
  },
  heartbeatS: {
    name: "heartbeat",
    variables: ["CHIME_HEARTBEAT"],
    hint: "<time>",
    default: "8s",
    text:
      "after how much silence a stream gets a comment, from 2s to 60s, rounded down to 2, 4, 8, 15, 30 or 60 s",
    read: readers.readInterval,
  },
  maxMemoryBytes: {
    name: "max-memory",
    variables: ["CHIME_MAX_MEMORY"],
    hint: "<size>",
    default: "auto",
    text:
      "how much may be held for readers, in bytes, KiB, MiB or GiB; auto is a quarter of the machine's or the " +
      "container's memory, 2GiB at most",
    read: readers.readTotal,
  },
  maxConnections: {
    name: "max-connections",
    variables: ["CHIME_MAX_CONNECTIONS"],
    hint: "<n>",
    text:
      "how many connections may be open at once, over all workers, 95 % of them streams; without it, the limit on " +
      "open files less 64",
    read: readers.readLimit,
  },
  maxPerAddress: {
    name: "max-connections-per-address",
    variables: ["CHIME_MAX_CONNECTIONS_PER_ADDRESS"],
    hint: "<n>",
    text:
      "how many of them one address may have, or one /64 of IPv6; without it, a quarter, and any number for loopback " +
      "and trusted proxies",
    read: readers.readLimit,
  },
  trustedProxies: {
    name: "trusted-proxy",
    variables: ["CHIME_TRUSTED_PROXY"],
    hint: "<cidr>",
    isRepeatable: true,
    text:
      "the address of a proxy whose X-Forwarded-For says who the client is, or a range such as 10.0.0.0/8; repeatable",
    read: readers.readProxy,
  },
  allowedHosts: {
    name: "allowed-host",
    variables: ["CHIME_ALLOWED_HOST"],
    hint: "<host>",
    isRepeatable: true,
    text:
      "a host that requests may name, without a port, such as chime.example.com; without it, any; repeatable",
    read: readers.readAllowedHost,
  },
} as const satisfies Record<string, Option>;
