import { stub } from "@std/testing/mock";
import { DatabaseSync } from "node:sqlite";

/** Records what databases execute from now on, but for prepared statements. */
export function recordStatements(): Disposable & { list: string[] } {
  const { exec } = DatabaseSync.prototype;
  const list: string[] = [];
  const stubbed = stub(
    DatabaseSync.prototype,
    "exec",
    function (this: DatabaseSync, sql) {
      list.push(sql);
      return exec.call(this, sql);
    },
  );
  return { list, [Symbol.dispose]: () => stubbed[Symbol.dispose]() };
}
