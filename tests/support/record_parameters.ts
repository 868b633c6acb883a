import { stub } from "@std/testing/mock";

/** The names of the parameters that are read of queries, as long as it is in use. */
export interface ParameterRecord extends Disposable {
  readonly names: Set<string>;
}

/** Notes every name that is read of a query from now on. */
export function recordParameters(): ParameterRecord {
  const names = new Set<string>();
  const { prototype } = URLSearchParams;
  const stubs = (["get", "getAll", "has"] as const).map((method) => {
    const original = prototype[method] as (name: string) => unknown;
    return stub(
      prototype,
      method,
      function (this: URLSearchParams, name: string) {
        names.add(name);
        return original.call(this, name) as never;
      },
    );
  });
  return {
    names,
    [Symbol.dispose]() {
      for (const one of stubs) one.restore();
    },
  };
}
