/**
 * One of several threads that serve one port, see {@linkcode Workers}.
 *
 * @module
 */
import { RemoteJournal } from "../journal/remote/journal.ts";
import { log, sayLeftOut, sendLogTo } from "../log/log.ts";
import { Rpc, type RpcPort } from "./rpc.ts";
import { Serving } from "./serving.ts";
import { SharedCounts } from "./shared_counts.ts";
import type { MainThread, WorkerThread } from "./threads.ts";

/** Set by the first call from the main thread. */
let serving: Promise<Serving> | undefined;

const main: Rpc<MainThread> = new Rpc(
  globalThis as unknown as RpcPort,
  {
    async start(options, part) {
      const counts = new SharedCounts(part);
      serving = Serving.start(options, {
        journal,
        accessCalls: main.call,
        main: main.call,
        counts,
      });
      return (await serving).url;
    },
    onBatch: (batch) => journal.onBatch(batch),
    async changeAccess(change) {
      (await serving!).changeAccess(change);
    },
    ping() {},
    count: async () => (await serving!).counts(),
    async drain() {
      await (await serving!).drain();
      sayLeftOut();
    },
  } satisfies WorkerThread,
);
const journal: RemoteJournal = new RemoteJournal(
  main.call,
  {
    acknowledge: (count) => main.notify.tookBatches(count),
    disconnect: () => main[Symbol.dispose](),
  },
);

sendLogTo({ write: (record) => main.notify.log(record) });

// Deno itself would write them to standard error, and end the process where that cannot be written to.
globalThis.addEventListener("error", (event) => {
  event.preventDefault();
  crash(event.error);
});
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  crash(event.reason);
});

/** Has this worker replaced: an error that nothing caught may have broken anything. */
function crash(error: unknown): void {
  log.error("an error was not caught in a worker", { error });
  main.notify.crash(`${error}`);
}
