import { log } from "../log/log.ts";
import { descriptorLimit } from "./descriptor_limit.ts";

/** File descriptors kept free for what is not a stream. */
const SPARE_DESCRIPTORS = 64;
/** A limit below this leaves little room for clients. */
const ROOMY_DESCRIPTORS = 4_096;

/** How many streams may be open at once. Logs how to allow more where that is few. */
export async function streamLimit(): Promise<number> {
  const limit = await descriptorLimit();
  if (limit === undefined) return Infinity;
  const streams = Math.max(1, limit - SPARE_DESCRIPTORS);
  if (limit < ROOMY_DESCRIPTORS) {
    log.warn(
      `there is room for ${streams} clients only, as this process may open ${limit} files; ` +
        `raise the limit first: ulimit -n 65536 (under systemd: LimitNOFILE=65536)`,
    );
  }
  return streams;
}
