import type { Connection } from "../page/connection.ts";

/** Why a list shows no events. Only a live stream knows that there are none. */
export function emptyText(connection: Connection): string {
  switch (connection) {
    case "live":
      return "No event yet.";
    case "loaded":
      return "Not connected yet: events show here once this page’s script runs and the page is in sight.";
    case "connecting":
      return "Connecting: events show here once the server answers.";
    case "reconnecting":
      return "Not connected: events show here once the connection is back.";
    case "paused":
      return "Paused: resume to see the events.";
    case "closed":
      return "Not connected: the server refused the stream.";
  }
}
