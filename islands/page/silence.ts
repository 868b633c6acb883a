/** The event's name. It goes through the window, because each island is a script of its own. */
const SILENT = "chime-silent";

/** Says to the page's other islands that a stream fell silent. */
export function reportSilence(): void {
  dispatchEvent(new Event(SILENT));
}

/** Calls back when a stream of another island falls silent. */
export function onSilence(callback: () => void): void {
  addEventListener(SILENT, callback);
}
