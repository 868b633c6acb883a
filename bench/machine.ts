import { cpus, release, totalmem } from "node:os";

/** Describes this machine in one line. */
export function machine(): string {
  const all = cpus();
  const memoryGb = Math.round(totalmem() / 2 ** 30);
  return `${all.length} × ${
    all[0]?.model ?? "unknown processor"
  }, ${memoryGb} GB, ${Deno.build.os} ${release()}`;
}
