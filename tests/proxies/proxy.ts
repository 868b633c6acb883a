import type { Certificate } from "../support/make_certificate.ts";

/** Where a proxy of a test listens, and where it finds what it needs. */
export interface Place extends Certificate {
  /** A folder for what the proxy writes. */
  readonly folder: string;
  readonly port: number;
  /** Another free port. */
  readonly otherPort: number;
  /** Chime's port. */
  readonly chimePort: number;
}

/** The time-out of a silent upstream in the tests, in s. In `deploy/` it is a minute. */
export const TIMEOUT_S = 6;

/** A proxy whose configuration is in `deploy/`. */
export interface Proxy {
  /** Its name in the documentation. */
  readonly name: string;
  /** The file in `deploy/`. */
  readonly file: string;
  /** The program, and how it says that it is here. */
  readonly program: readonly [command: string, ...args: string[]];
  /** The arguments that run it in the foreground with a configuration. */
  args(file: string): string[];
  /** What stands in the file of `deploy/`, and what takes its place in a test. */
  changes(place: Place): readonly (readonly [was: string, is: string])[];
  /** Whether it keeps the body of a publish until it ends, or is long. */
  readonly holdsBodies?: boolean;
  /** Makes a whole configuration of the file, where that is a part of one. */
  wrap?(text: string, place: Place): string;
}
