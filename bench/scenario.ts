import type { LoadFlags, LoadResult } from "./load.ts";
import type { Peer } from "./peer.ts";
import type { Usage } from "./proc.ts";
import type { ServerProcess } from "./server_process.ts";

/** A load, and the server that it is put on. */
export interface Step {
  readonly load: LoadFlags;
  /** Whether the server is started by `durable` of {@linkcode Peer}. */
  readonly isDurable?: boolean;
}

/** What was observed of one load on one fresh server. */
export interface Observation {
  readonly result: LoadResult;
  readonly server: ServerProcess;
  /** Before the first client that is measured, and after several others have left. */
  readonly empty: Usage;
  /**
   * When the clients began to open, when all were open, when measuring began and when it ended. Absent if the run ended
   * before.
   */
  readonly opening?: Usage;
  readonly opened?: Usage;
  readonly start?: Usage;
  readonly end?: Usage;
  /** Taken at least once a second while measuring. */
  readonly samples: readonly Usage[];
}

/** A column of a scenario's table. */
export interface Column {
  /** The title, with the unit. */
  readonly title: string;
  readonly digits: number;
  /** Whether a ratio to Chime would be meaningless. */
  readonly isAside?: boolean;
  /** @param observations One for each of the scenario's steps. */
  value(observations: readonly Observation[]): number;
}

/** A load to compare servers under. */
export interface Scenario {
  /** Its name for `--scenario`. */
  readonly name: string;
  /** What it does, in one line. */
  readonly about: string;
  /** Returns why the server is not measured, in a few words; `undefined` if it is. */
  lacks(peer: Peer): string | undefined;
  /** The maximum number of runs, if one takes long. */
  readonly runs?: number;
  /**
   * Returns the steps. Each has a fresh server.
   *
   * @param isQuick Whether a short measurement is enough.
   */
  steps(peer: Peer, isQuick: boolean): readonly Step[];
  readonly columns: readonly Column[];
}
