/**
 * Calls `onChange` when printing begins and when it ends. It takes both signs: only the events come in time for the list
 * to make all of its elements, and only the media query reports a preview.
 *
 * `onChange` must render before it returns: Firefox copies the page right after `beforeprint`, before any microtask.
 */
export function followPrint(onChange: (isPrinted: boolean) => void): void {
  addEventListener("beforeprint", () => onChange(true));
  addEventListener("afterprint", () => onChange(false));
  matchMedia("print").addEventListener(
    "change",
    ({ matches }) => onChange(matches),
  );
}
