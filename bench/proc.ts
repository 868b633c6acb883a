/** What a process and its descendants use. */
export interface Usage {
  /** User and system time of all processes, in s, to 10 ms. */
  readonly cpuS: number;
  /**
   * Resident memory, in kB: the anonymous memory of all, and once the memory that they share. The pages of the
   * program's file are left out, as they come and go.
   */
  readonly memoryKb: number;
  /** Open file descriptors. */
  readonly descriptors: number;
}

/** The kernel's unit for times in `/proc/<pid>/stat`, the same on every Linux that Deno runs on. */
const TICKS_PER_S = 100;

/** Fields 14 and 15 of `/proc/<pid>/stat`, counted from the one after the program's name: see proc_pid_stat(5). */
const PARENT = 1;
const USER_TIME = 11;
const SYSTEM_TIME = 12;

/** Returns the fields after the program's name, which may contain spaces; none if the process has ended. */
async function statFields(pid: number): Promise<readonly string[]> {
  try {
    const text = await Deno.readTextFile(`/proc/${pid}/stat`);
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

/** Returns the ids of a process and its descendants. */
export async function processTree(root: number): Promise<readonly number[]> {
  const children = new Map<number, number[]>();
  for await (const { name } of Deno.readDir("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = Number((await statFields(pid))[PARENT]);
    children.set(parent, [...children.get(parent) ?? [], pid]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...children.get(pid) ?? []);
  return tree;
}

/** Returns the user and system time of the processes so far, in s. */
async function cpuSeconds(pids: readonly number[]): Promise<number> {
  let ticks = 0;
  for (const pid of pids) {
    const fields = await statFields(pid);
    ticks += Number(fields[USER_TIME] ?? 0) + Number(fields[SYSTEM_TIME] ?? 0);
  }
  return ticks / TICKS_PER_S;
}

/** Returns everything. The time is read first, as it belongs to the moment of the call. */
export async function usage(pids: readonly number[]): Promise<Usage> {
  const cpuS = await cpuSeconds(pids);
  let anonymousKb = 0;
  let sharedKb = 0;
  let descriptors = 0;
  for (const pid of pids) {
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    const [, anonymous, shared] =
      /^RssAnon:\s+(\d+) kB[^]*^RssShmem:\s+(\d+) kB/m.exec(status) ?? [];
    anonymousKb += Number(anonymous ?? 0);
    sharedKb = Math.max(sharedKb, Number(shared ?? 0));
    for await (const _ of Deno.readDir(`/proc/${pid}/fd`)) descriptors++;
  }
  return { cpuS, memoryKb: anonymousKb + sharedKb, descriptors };
}
