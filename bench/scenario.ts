import type { LoadFlags, LoadResult } from "./load.ts";
import type { Peer } from "./peer.ts";
import type { Usage } from "./proc.ts";
import type { ServerProcess } from "./server_process.ts";

/** One load on one fresh server, as it went. */
export interface Observation {
  readonly result: LoadResult;
  readonly server: ServerProcess;
  /** Before the first client; several were there and left. */
  readonly empty: Usage;
  /** As the clients began to open, were all open, and as measuring began and ended; absent where it did not come to that. */
  readonly opening?: Usage;
  readonly opened?: Usage;
  readonly start?: Usage;
  readonly end?: Usage;
  /** Once or more a second while measuring. */
  readonly samples: readonly Usage[];
}

/** What a scenario's table shows of each run. */
export interface Column {
  /** With its unit. */
  readonly title: string;
  readonly digits: number;
  /** Whether a ratio to Chime would say nothing of the server. */
  readonly isAside?: boolean;
  /** @param observations One for each of the scenario's steps. */
  value(observations: readonly Observation[]): number;
}

/** A load that servers are compared under. */
export interface Scenario {
  /** A word, as `--scenario` takes it. */
  readonly name: string;
  /** What it does, in a line. */
  readonly about: string;
  /** Why the server is not measured, in a few words; nothing where it is. */
  lacks(peer: Peer): string | undefined;
  /** How often it is run at most, where it takes long. */
  readonly runs?: number;
  /**
   * The loads, each on a fresh server.
   *
   * @param isQuick Whether a short look is enough.
   */
  steps(peer: Peer, isQuick: boolean): readonly LoadFlags[];
  readonly columns: readonly Column[];
}
