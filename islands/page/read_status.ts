import type { Status } from "../../events/frame.ts";

/** Reads the data of a status event. Returns undefined if this page does not know it, as that of another version. */
export function readStatus(data: string): Status | undefined {
  let status;
  try {
    status = JSON.parse(data);
  } catch {
    return undefined;
  }
  switch (status?.state) {
    case "resumed":
      return isCount(status.replayed) ? status : undefined;
    case "lagged":
      return status.missed === undefined || isCount(status.missed)
        ? status
        : undefined;
    case "live":
    case "reset":
    case "draining":
    case "overloaded":
    case "expired":
      return status;
    default:
      return undefined;
  }
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
