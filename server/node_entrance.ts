import type { Socket } from "node:net";
import { log } from "../log/log.ts";
import type { Admission } from "./admission.ts";
import type { ListenerOptions } from "./listener.ts";
import type { Permit } from "./permit.ts";

/** Dependencies of an {@linkcode NodeEntrance}. */
export interface NodeEntranceOptions
  extends Pick<ListenerOptions, "onRefused"> {
  readonly admission: Admission;
  /** Called when no further connection may be accepted, see {@linkcode NodeEntrance.isFull}. */
  onFull(): void;
}

/**
 * Keeps the process from running out of file descriptors. A connection over a limit is let in, to be told so. Only if
 * too many of them wait for that, as they send no request, the one that has waited longest is cut.
 *
 * Node accepts all connections that wait in one go, and a connection that is cut lets go of its descriptor only after
 * that. So the listener must stop accepting before descriptors run out.
 */
export class NodeEntrance {
  readonly #options: NodeEntranceOptions;
  /** Connections of this thread that wait to be refused, the oldest first. */
  readonly #waiting = new Set<Socket>();

  constructor(options: NodeEntranceOptions) {
    this.#options = options;
  }

  /** Whether no further connection may be accepted. */
  get isFull(): boolean {
    const { limits, counts } = this.#options.admission;
    return counts.total("sockets") >= limits.maxSockets;
  }

  /** Takes in a connection. */
  take(socket: Socket): Permit {
    const { admission, onFull } = this.#options;
    const permit = admission.connection(socket.remoteAddress ?? "");
    admission.counts.add("sockets", 1);
    if (permit.refused) this.#wait(socket);
    socket.once("close", () => {
      admission.counts.add("sockets", -1);
      permit[Symbol.dispose]();
      this.#waiting.delete(socket);
    });
    if (this.isFull) onFull();
    return permit;
  }

  #wait(socket: Socket): void {
    const { limits, counts } = this.#options.admission;
    this.#waiting.add(socket);
    // Each thread has its share. The other half is for connections that are cut, and not closed yet.
    const room = (limits.maxSockets - limits.maxConnections) / 2;
    if (this.#waiting.size > Math.max(1, room / counts.threads)) {
      this.#cutOldest();
    }
  }

  #cutOldest(): void {
    const oldest = this.#waiting.values().next().value!;
    this.#waiting.delete(oldest);
    this.#options.onRefused("files");
    log.warn("a connection was cut", {
      reason: "too many wait to be told that there is no room",
      address: oldest.remoteAddress,
    });
    oldest.destroy();
  }
}
