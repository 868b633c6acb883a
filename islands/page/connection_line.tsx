import type { ComponentChildren } from "preact";
import type { Connection, ConnectionView } from "./connection.ts";
import { UNTRANSLATED } from "./untranslated.ts";

const NAME: Record<Connection, string> = {
  loaded: "As of when this page was loaded",
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

/** A connection's state in words, and the button that pauses the stream or opens it. */
export function ConnectionLine(
  { connection, note, onAction, children }: ConnectionView & {
    onAction: (() => void) | undefined;
    children?: ComponentChildren;
  },
) {
  return (
    <div class="control" {...UNTRANSLATED}>
      {/* The one part that is read out when it changes: no event changes it. */}
      <p role="status" class={`connection ${connection}`}>
        <strong>{NAME[connection]}</strong>
        {/* Not "": an empty text would be written anew with every event. */}
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
