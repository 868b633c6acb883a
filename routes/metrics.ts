import { cpuUsage } from "node:process";
import type { Counts, HubCounts } from "../hub/counts.ts";
import { aheadMs } from "../journal/ahead.ts";
import { exposition, EXPOSITION_TYPE, type Metric } from "./exposition.ts";
import type { Handler } from "./handler.ts";
import type { Services } from "./services.ts";

/** `GET /metrics`: the server's counters and gauges, for Prometheus. */
export function metrics(
  { version, tally, hub, journal, connections }: Services,
): Handler {
  return async () => {
    const list = [
      ...metricsOf(await tally.count(), {
        version,
        isReady: await journal.isReady(),
        heldBytes: hub.memory.bytes,
        aheadMs: aheadMs(hub.position.id),
      }),
      ...connections ? [connectionsMetric(connections())] : [],
    ];
    return new Response(exposition(list), {
      headers: { "content-type": EXPOSITION_TYPE, "cache-control": "no-store" },
    });
  };
}

/** What is no count of what a thread has done. */
interface State {
  version: string;
  isReady: boolean;
  heldBytes: number;
  aheadMs: number;
}

/** All metrics, named by the rules of https://prometheus.io/docs/practices/naming/ */
function metricsOf(
  counts: Counts,
  { version, isReady, heldBytes, aheadMs }: State,
): Metric[] {
  const { user, system } = cpuUsage();
  return [
    {
      name: "chime_build_info",
      help: "Always 1; the labels say which versions run.",
      type: "gauge",
      samples: [[{ version, deno: Deno.version.deno }, 1]],
    },
    {
      name: "chime_streams",
      help: "Open streams.",
      type: "gauge",
      samples: bySource(counts, ({ streams }) => streams),
    },
    {
      name: "chime_messages_total",
      help: "Messages appended to the journal.",
      type: "counter",
      samples: [[{}, counts.messages]],
    },
    {
      name: "chime_events_sent_total",
      help: "Events written to streams, counted once for each stream.",
      type: "counter",
      samples: bySource(counts, ({ sent }) => sent.events),
    },
    {
      name: "chime_bytes_sent_total",
      help: "Bytes written to streams.",
      type: "counter",
      samples: bySource(counts, ({ sent }) => sent.bytes),
    },
    {
      name: "chime_statuses_sent_total",
      help:
        "Status events written to streams: lagged and reset say that a client missed events.",
      type: "counter",
      samples: SOURCES.flatMap((source) =>
        Object.entries(counts[source].sent.statuses).map((
          [state, count],
        ) => [{ source, state }, count] as const)
      ),
    },
    {
      name: "chime_http_responses_total",
      help: "Responses; a stream counts when it opens.",
      type: "counter",
      samples: Object.entries(counts.answers).map(([answer, count]) => {
        const [method, route, status] = answer.split(" ");
        return [{ method: method!, route: route!, status: status! }, count];
      }),
    },
    {
      name: "chime_refused_total",
      help:
        "Connections, requests and streams that were refused, by the limit that they were over.",
      type: "counter",
      samples: Object.entries(counts.refused).map((
        [reason, count],
      ) => [{ reason }, count]),
    },
    {
      name: "chime_faults_total",
      help:
        "Failures that ended a stream or lost a tick or an event; the log says why.",
      type: "counter",
      samples: [[{}, counts.faults]],
    },
    {
      name: "chime_held_bytes",
      help:
        "Memory that is held for the readers of streams; --max-memory bounds it.",
      type: "gauge",
      samples: [[{}, heldBytes]],
    },
    {
      name: "chime_ids_ahead_seconds",
      help:
        "How far the newest id is ahead of the clock: some clock is, or was, wrong.",
      type: "gauge",
      samples: [[{}, aheadMs / 1_000]],
    },
    {
      name: "chime_journal_ready",
      help: "1 while the journal can be reached, read and appended to, else 0.",
      type: "gauge",
      samples: [[{}, Number(isReady)]],
    },
    {
      name: "process_resident_memory_bytes",
      help: "Resident memory of the process.",
      type: "gauge",
      samples: [[{}, Deno.memoryUsage().rss]],
    },
    {
      name: "process_cpu_seconds_total",
      help: "Processor time of the process.",
      type: "counter",
      samples: [[{}, (user + system) / 1e6]],
    },
  ];
}

function connectionsMetric(count: number): Metric {
  return {
    name: "chime_connections",
    help: "Open connections, those included that are to be refused.",
    type: "gauge",
    samples: [[{}, count]],
  };
}

const SOURCES = ["clock", "channels"] as const;

function bySource(
  counts: Counts,
  count: (hub: HubCounts) => number,
): Metric["samples"] {
  return SOURCES.map((source) => [{ source }, count(counts[source])]);
}
