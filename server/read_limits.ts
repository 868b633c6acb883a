import { log } from "../log/log.ts";
import {
  type ConnectionLimits,
  connectionLimits,
  type LimitOptions,
} from "./connection_limits.ts";
import { descriptorLimit } from "./descriptor_limit.ts";

/** A limit below this leaves little room for clients. */
const ROOMY_DESCRIPTORS = 4_096;

/** Works out the limits. Logs how to allow more if the system allows few connections, or fewer than were asked for. */
export async function readLimits(
  options: Omit<LimitOptions, "descriptors">,
): Promise<ConnectionLimits> {
  const descriptors = await descriptorLimit();
  const limits = connectionLimits({ ...options, descriptors });
  if (descriptors === undefined) return limits;
  const isFew = options.maxConnections === undefined
    ? descriptors < ROOMY_DESCRIPTORS
    : limits.maxConnections < options.maxConnections;
  if (isFew) {
    log.warn(
      `there is room for ${limits.maxStreams} clients only, as this process may open ${descriptors} files; ` +
        `raise the limit first: ulimit -n 65536 (under systemd: LimitNOFILE=65536)`,
    );
  }
  return limits;
}
