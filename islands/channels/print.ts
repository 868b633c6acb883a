/**
 * Calls `onChange` when printing begins and when it ends. It takes both signs: only the event comes in time for the list
 * to make all of its elements, and only the media query reports a preview.
 */
export function followPrint(onChange: (isPrinted: boolean) => void): void {
  addEventListener("beforeprint", () => onChange(true));
  addEventListener("afterprint", () => onChange(false));
  matchMedia("print").addEventListener(
    "change",
    ({ matches }) => onChange(matches),
  );
}
