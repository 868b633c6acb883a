import type { TailBatch } from "../../../journal/journal.ts";
import type { JournalHost } from "../../../journal/remote/host.ts";
import {
  type JournalCalls,
  RemoteJournal,
} from "../../../journal/remote/journal.ts";
import { Rpc } from "../../../server/rpc.ts";

interface Near extends JournalCalls {
  tookBatches(count: number): void;
}

/** Connects one more remote journal to the host, through a real port. */
export function connect(host: JournalHost) {
  const { port1, port2 } = new MessageChannel();
  const near = new Rpc<Pick<RemoteJournal, "onBatch">>(port1, {
    ...host.calls,
    tookBatches: (count: number) => reader.acknowledge(count),
  });
  const rpc: Rpc<Near> = new Rpc(port2, {
    onBatch: (batch: TailBatch) => far.onBatch(batch),
  });
  const far: RemoteJournal = new RemoteJournal(rpc.call, {
    acknowledge: (count) => rpc.notify.tookBatches(count),
    disconnect: () => rpc[Symbol.dispose](),
  });
  const reader = host.addReader((batch) => near.notify.onBatch(batch));
  return {
    far,
    async close() {
      reader.stop();
      await far[Symbol.asyncDispose]();
      near[Symbol.dispose]();
      port1.close();
      port2.close();
    },
  };
}
