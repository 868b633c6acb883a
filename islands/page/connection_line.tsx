import type { ComponentChildren } from "preact";
import type { Connection, ConnectionView } from "./connection.ts";
import { UNTRANSLATED } from "./untranslated.ts";

const NAME: Record<Connection, string> = {
  loaded: "Not connected yet",
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  paused: "Paused",
  closed: "Closed",
};

const ACTION: Partial<Record<Connection, string>> = {
  paused: "Resume",
  closed: "Try again",
};

/** The state of a connection, and the button that pauses or opens the stream. */
export function ConnectionLine(
  { connection, note, onAction, children }: ConnectionView & {
    onAction: (() => void) | undefined;
    children?: ComponentChildren;
  },
) {
  return (
    <div class="control" {...UNTRANSLATED}>
      {/* A screen reader reads this when it changes. Events do not change it. */}
      <p role="status" class={`connection ${connection}`}>
        <strong>{NAME[connection]}</strong>
        {/* Not "": Preact would write an empty text again at each render. */}
        {note ? `: ${note}` : null}
      </p>
      {children}
      <button
        type="button"
        disabled={connection === "loaded"}
        onClick={onAction}
      >
        {ACTION[connection] ?? "Pause"}
      </button>
    </div>
  );
}
