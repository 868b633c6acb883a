import type { AccessChange } from "../access/access.ts";
import { ByteCount } from "../hub/byte_count.ts";
import type { Counts } from "../hub/counts.ts";
import { Memory } from "../hub/memory.ts";
import { readRange } from "../routes/address.ts";
import { Admission } from "./admission.ts";
import { Instance, type InstanceDependencies } from "./instance.ts";
import { listen } from "./listen.ts";
import type { Listener } from "./listener.ts";
import type { ServeOptions } from "./serve_options.ts";
import { settlesWithin } from "./settles_within.ts";
import { SharedCounts } from "./shared_counts.ts";

/** How long clients have to take their last bytes, in ms, before they are left. */
export const DRAIN_MS = 3_000;

/** Dependencies of a {@linkcode Serving}. */
export interface ServingDependencies
  extends Omit<InstanceDependencies, "counts" | "connections"> {
  /** Where this thread counts its connections, if it is not the only one. */
  counts?: SharedCounts;
}

/** An instance with its listener. */
export class Serving {
  readonly #instance: Instance;
  readonly #listener: Listener;

  private constructor(instance: Instance, listener: Listener) {
    this.#instance = instance;
    this.#listener = listener;
  }

  /**
   * Listens.
   *
   * @throws {Deno.errors.AddrInUse} where the port is taken, and whatever else the system refuses.
   */
  static async start(
    options: ServeOptions,
    dependencies: ServingDependencies,
  ): Promise<Serving> {
    const { hostname, port, sharesPort, limits } = options;
    const counts = dependencies.counts ??
      SharedCounts.alone(limits.maxConnections);
    const instance = new Instance(options, {
      memory: makeMemory(options),
      ...dependencies,
      counts,
      connections: options.listener === "node"
        ? () => counts.total("sockets")
        : undefined,
    });
    const admission = new Admission({
      limits,
      counts,
      trustedProxies: options.trustedProxies.map((text) => readRange(text)!),
    });
    try {
      const listener = await listen(options.listener, {
        hostname,
        port,
        reusePort: sharesPort,
        admission,
        onRefused: (reason) => instance.noteRefused(reason),
        onUnreadable: (answer) => instance.noteUnreadable(answer),
        handler: instance.answer,
      });
      return new Serving(instance, listener);
    } catch (error) {
      instance[Symbol.dispose]();
      throw error;
    }
  }

  /** Where it is reached, as a URL with a path of `/`. */
  get url(): string {
    return this.#listener.url;
  }

  /** What this thread has done so far and holds now. */
  counts(): Counts {
    return this.#instance.counts();
  }

  /** Takes what has changed of the access. */
  changeAccess(change: AccessChange): void {
    this.#instance.changeAccess(change);
  }

  /** Tells every client that it must go, and resolves when they are gone or have had time enough. */
  async drain(): Promise<void> {
    this.#instance.drain();
    await settlesWithin(DRAIN_MS, this.#listener.close());
    this.#instance[Symbol.dispose]();
  }
}

/** Bounds what this thread and the others hold for readers. */
function makeMemory(
  { listener, maxMemoryBytes, held }: ServeOptions,
): Memory {
  const { buffer, slot } = held ?? { buffer: ByteCount.share(1), slot: 0 };
  return new Memory({
    maxBytes: maxMemoryBytes,
    count: new ByteCount(buffer, slot),
    // Node's listener writes frames as chunks of HTTP, which are copies.
    copies: listener === "node" ? 2 : 1,
  });
}
