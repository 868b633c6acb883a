import type { Server } from "node:http";
import { Server as NetServer } from "node:net";
import { log } from "../log/log.ts";
import { AcceptWatch } from "./accept_watch.ts";
import { hasDescriptors } from "./has_descriptors.ts";
import { BACKLOG, type ListenerOptions, urlOf } from "./listener.ts";
import { PauseWatch } from "./pause_watch.ts";

/** How long to wait before listening again after a failure, in ms: its cause is hardly over sooner. */
const RELISTEN_MS = 1_000;
/** How long to wait before looking whether there is room again, in ms: connections that are cut are soon gone. */
const PAUSE_MS = 50;

/** Dependencies of a {@linkcode NodePort}. */
export interface NodePortOptions
  extends
    Pick<ListenerOptions, "hostname" | "port" | "reusePort" | "admission"> {
  readonly server: Server;
  /** Whether no further connection may be accepted. */
  isFull(): boolean;
}

/**
 * Has a server of `node:http` listen, and listen again where it must. Out of descriptors, it stops accepting for ever,
 * without an error; closing and listening heals that. The connections go on; those that wait to be accepted are reset.
 */
export class NodePort implements Disposable {
  readonly #options: NodePortOptions;
  readonly #accepts: AcceptWatch;
  readonly #pauses: PauseWatch;
  #url = "";
  #isClosed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: NodePortOptions) {
    this.#options = { ...options };
    const { counts, limits } = options.admission;
    this.#accepts = new AcceptWatch({
      maxConnections: limits.maxConnections,
      hasDescriptors: () => hasDescriptors(options.hostname),
      onDeaf: () => {
        log.warn("stopped accepting, listening again: it ran out of files");
        this.#relisten();
      },
    });
    this.#pauses = new PauseWatch(counts, () => this.#relisten());
  }

  /** Where it is reached, as a URL with a path of `/`. */
  get url(): string {
    return this.#url;
  }

  /**
   * Listens.
   *
   * @throws {Error} with the code `EADDRINUSE` where the port is taken, and whatever else the system refuses.
   */
  open(): Promise<void> {
    const { server, hostname, port, reusePort } = this.#options;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(
        { host: hostname, port, backlog: BACKLOG, reusePort },
        () => {
          server.off("error", reject);
          const address = server.address();
          if (address === null || typeof address === "string") return;
          this.#options.port = address.port;
          this.#url = urlOf(address.address, address.port);
          resolve();
        },
      );
    });
  }

  /** Notes that a connection was accepted. */
  noteAccepted(): void {
    const { counts } = this.#options.admission;
    this.#accepts.noteAccepted(counts.total("sockets"));
  }

  /** Stops accepting until there is room. */
  pause(): void {
    if (this.#isClosed || !this.#options.server.listening) return;
    log.warn("accepting no connections for now: too many are open");
    this.#pauses.notePause();
    this.#stop();
    this.#resumeLater();
  }

  /** Listens no more, once the server is closed. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#accepts[Symbol.dispose]();
    this.#pauses[Symbol.dispose]();
    clearTimeout(this.#timer);
  }

  #relisten(): void {
    // Otherwise it will listen again without this.
    if (!this.#options.server.listening) return;
    this.#stop();
    this.#resume();
  }

  #stop(): void {
    this.#accepts[Symbol.dispose]();
    // `Server.close` of `node:http` would also close the connections that have no request at work.
    NetServer.prototype.close.call(this.#options.server);
  }

  #resumeLater(ms = PAUSE_MS): void {
    this.#timer = setTimeout(() => {
      if (this.#options.isFull()) this.#resumeLater();
      else this.#resume();
    }, ms);
  }

  async #resume(): Promise<void> {
    try {
      await this.open();
    } catch (error) {
      log.warn(`cannot listen again, trying once more: ${error}`);
      this.#resumeLater(RELISTEN_MS);
    }
  }
}
