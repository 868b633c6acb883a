/**
 * Tells when the page begins to be printed, and when that is over. The list of events, most of which have no elements,
 * needs both of the signs: the event comes in time for a printout, the query alone tells of a preview.
 */
export function followPrint(onChange: (isPrinted: boolean) => void): void {
  addEventListener("beforeprint", () => onChange(true));
  addEventListener("afterprint", () => onChange(false));
  matchMedia("print").addEventListener(
    "change",
    ({ matches }) => onChange(matches),
  );
}
