import { readStatus } from "./read_status.ts";

/** `loaded`: the script has not run, or there is none. `closed`: the server refused the stream. */
export type Connection =
  | "loaded"
  | "connecting"
  | "live"
  | "reconnecting"
  | "paused"
  | "closed";

/** What a page shows of a stream's connection. */
export interface ConnectionView {
  connection: Connection;
  /** More about the state, or an empty string. */
  note: string;
}

/** The source of a stream. It reconnects by itself, unless the server refuses it. */
export interface Source {
  /** Whether it brought nothing for so long that the connection must be dead. */
  readonly isSilent: boolean;
  /** How long it has brought nothing, in ms. */
  readonly quietMs: number;
  close(): void;
}

/** A source gives up on any status but 200. A proxy's 502 passes, so the page tries again after this time, in ms, or more. */
const REFUSED_RETRY_MS = 5_000;
/** How long a live stream shows a note, in ms. */
const NOTE_MS = 10_000;
/** A stream that brought something this short ago is not dead, in ms. */
const ALIVE_MS = 1_000;

/** A stream's connection: opens it, closes it, and reports its state. Subclasses handle the events. */
export abstract class StreamConnection {
  #connection: Connection = "loaded";
  #source: Source | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #noted: ReturnType<typeof setTimeout> | undefined;
  /** Whether the connection was dropped for a time that is not over. */
  #isDropped = false;
  /** A note to show when the stream is live. */
  #pending = "";
  /** Why the server is about to close the stream, if it said so. */
  #farewell = "";

  /** Opens a source after the last id seen. Sources are made only here, so that each has all listeners. */
  protected abstract connect(): Source;
  protected abstract show(view: ConnectionView): void;
  /** Whether a status event shows that the stream is live. If not, only other events do. */
  protected abstract readonly isLiveByStatus: boolean;
  /** Names what was missed, such as `7 missed ticks`. */
  protected abstract missed(count: number): string;
  /**
   * Names what was lost for good, such as `7 missed ticks did not come`.
   *
   * @param count How much that is; undefined where the server could not count it.
   */
  protected abstract lost(count: number | undefined): string;

  /** Opens the stream, after the last id if there is one. */
  open(): void {
    this.#show("connecting");
    this.#connect();
  }

  /** Opens the stream again, unless the reader paused it. */
  reopen(): void {
    if (this.#connection !== "paused") this.open();
  }

  /** Reconnects at once, as after a change of network, unless the reader paused the stream or dropped the connection. */
  comeBack(): void {
    if (this.#connection === "paused" || this.#isDropped) return;
    if (this.#connection !== "connecting") this.#show("reconnecting");
    this.#connect();
  }

  /** Reconnects at once if the stream is not live, or silent for too long. */
  refresh(): void {
    if (this.#connection !== "live" || this.#source?.isSilent) this.comeBack();
  }

  /**
   * Reconnects at once if the stream is live but brought nothing just now. To call when another stream of the page fell
   * silent: they share a network.
   */
  suspect(note: string): void {
    if (this.#connection !== "live" || !this.#source) return;
    if (this.#source.quietMs < ALIVE_MS) return;
    this.#show("reconnecting", note);
    this.#connect();
  }

  /** Closes the stream until it is opened again. The state stays as it was. */
  close(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#noted);
    this.#isDropped = false;
    this.#source?.close();
    this.#source = undefined;
  }

  /** Closes the stream until the reader opens it again. */
  pause(): void {
    this.close();
    this.#show("paused");
  }

  /** Pauses the stream, or opens it if it is paused or closed. */
  toggle(): void {
    if (this.#connection === "paused" || this.#connection === "closed") {
      this.open();
    } else this.pause();
  }

  /** Drops the connection, as a network does, and reconnects after a time in ms. */
  protected cut(ms: number): void {
    this.#leave("reconnecting", "the connection was dropped", ms);
    this.#isDropped = true;
  }

  /** To call on signs that the stream is live. */
  protected live(): void {
    if (this.#connection !== "live") this.#showLive(this.#pending);
  }

  /** Handles the data of a status event. Returns a note for the reader, or an empty string if all is well. */
  protected report(data: string): string {
    const status = readStatus(data);
    switch (status?.state) {
      case "resumed":
        return this.#note(
          status.replayed ? `${this.missed(status.replayed)} came back` : "",
        );
      case "reset":
        return this.#note("what was missed cannot be known");
      case "lagged":
        return this.#note(
          `${this.lost(status.missed)}: the connection is slow`,
        );
      case "draining":
        return this.#farewell = "the server is shutting down";
      case "overloaded":
        return this.#farewell = "the server is full";
      case "expired":
        return this.#farewell = "the right to it has ended";
      default:
        return "the server said something that this page does not know";
    }
  }

  /** To call when the source loses its connection, or gives up because it was refused. */
  protected failed(isRefused: boolean): void {
    if (isRefused) {
      this.#leave(
        "closed",
        "the server refused the stream; the next try is soon",
        REFUSED_RETRY_MS * (1 + Math.random()),
      );
    } else this.#show("reconnecting", this.#farewell);
    this.#farewell = "";
  }

  /** Shows a note on a live stream. Not for `draining`, `overloaded` and `expired`: such a stream ends, and may never have been live. */
  #note(note: string): string {
    if (this.isLiveByStatus || this.#connection === "live") {
      this.#showLive(note);
    } else this.#pending = note;
    return note;
  }

  /** Shows the note for a while only, as it soon is old news. */
  #showLive(note: string): void {
    this.#show("live", note);
    if (note) this.#noted = setTimeout(() => this.#show("live"), NOTE_MS);
  }

  #connect(): void {
    this.close();
    this.#pending = "";
    this.#source = this.connect();
  }

  #leave(connection: Connection, note: string, ms: number): void {
    this.close();
    this.#show(connection, note);
    this.#retry = setTimeout(() => this.#connect(), ms);
  }

  #show(connection: Connection, note = ""): void {
    clearTimeout(this.#noted);
    this.#connection = connection;
    this.show({ connection, note });
  }
}
