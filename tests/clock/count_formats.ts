import { stub } from "@std/testing/mock";

/** Counts how many `Intl.DateTimeFormat` are made until it is disposed. */
export function countFormats(): Disposable & { readonly made: number } {
  const { DateTimeFormat } = Intl;
  let made = 0;
  const counting = stub(
    Intl,
    "DateTimeFormat",
    function (...args: ConstructorParameters<typeof DateTimeFormat>) {
      made++;
      return new DateTimeFormat(...args);
    } as typeof DateTimeFormat,
  );
  return {
    get made() {
      return made;
    },
    [Symbol.dispose]: () => counting.restore(),
  };
}
