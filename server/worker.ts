/**
 * One of several threads that serve one port, see {@linkcode Workers}.
 *
 * @module
 */
import { PortJournal } from "../journal/remote/journal.ts";
import type { Counts } from "../hub/counts.ts";
import { Instance, type InstanceOptions } from "./instance.ts";
import { log } from "../log/log.ts";

/** What a worker is told: first to start, then to answer, or to say what it has done, in the end to drain. */
export type WorkerOrder =
  | { start: InstanceOptions; journal: MessagePort }
  | "ping"
  | "count"
  | "drain";

/** What a worker tells. */
export type WorkerNews =
  | { url: string }
  | { failure: string; isAddrInUse: boolean }
  | { crash: string }
  | { log: string }
  | { counts: Counts | undefined }
  | "pong"
  | "drained";

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: (event: MessageEvent<WorkerOrder>) => void;
  postMessage(news: WorkerNews): void;
}

const scope = globalThis as unknown as WorkerScope;
let instance: Instance | undefined;

// Deno itself would write them to standard error, and end the process where that cannot be written to.
globalThis.addEventListener("error", (event) => {
  event.preventDefault();
  crash(event.error);
});
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  crash(event.reason);
});

/** Has this worker replaced: what an error that was not caught has broken is not known. */
function crash(error: unknown): void {
  log("an error was not caught in a worker", error);
  scope.postMessage({ crash: `${error}` });
}

scope.onmessage = async ({ data: order }) => {
  if (order === "ping") {
    scope.postMessage("pong");
    return;
  }
  if (order === "drain") {
    await instance?.drain();
    scope.postMessage("drained");
    return;
  }
  if (order === "count") {
    scope.postMessage({ counts: instance?.counts() });
    return;
  }
  const journal = new PortJournal(order.journal);
  let counted = Promise.resolve();
  try {
    instance = new Instance(order.start, {
      journal,
      log: (message) => scope.postMessage({ log: message }),
      countClients: (channel) => journal.ask("countClients", channel),
      counts: () => journal.ask("counts"),
      onClients: (channel, change) => {
        counted = journal.ask<void>("noteClient", channel, change)
          // The journal is closed: nobody counts any more.
          .catch(() => {});
      },
      counted: () => counted,
    });
    scope.postMessage({ url: instance.url });
  } catch (error) {
    scope.postMessage({
      failure: (error as Error).message,
      isAddrInUse: error instanceof Deno.errors.AddrInUse,
    });
  }
};
