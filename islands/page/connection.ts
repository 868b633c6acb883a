import type { Status } from "../../events/frame.ts";

/** `loaded` is the page before, or without, its script. `closed` is a stream that the server refused. */
export type Connection =
  | "loaded"
  | "connecting"
  | "live"
  | "reconnecting"
  | "paused"
  | "closed";

/** What a page says of a stream's connection. */
export interface ConnectionView {
  connection: Connection;
  /** What there is to say beyond its name, or nothing. */
  note: string;
}

/** What carries a stream. It comes back by itself from all but a refusal. */
export interface Source {
  /** Whether it has brought nothing for so long that it must be dead. */
  readonly isSilent: boolean;
  close(): void;
}

/** Sources give up for good on any status but 200. A proxy's 502 passes, so try again: not often, not in step. */
const REFUSED_RETRY_MS = 5_000;

/** A stream's connection: opens it, closes it, and knows what to say of it. What the stream carries is not its business. */
export abstract class StreamConnection {
  #connection: Connection = "loaded";
  #source: Source | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** Why the server is about to close the stream, where it said so. */
  #farewell = "";

  /** Opens a source after the last id seen. The only place where one is made: each has every listener. */
  protected abstract connect(): Source;
  protected abstract show(view: ConnectionView): void;
  /** What the stream carries, of which `count` were missed: `7 missed ticks`. */
  protected abstract missed(count: number): string;
  /** The same for what will not come back: `7 missed ticks did not come`. */
  protected abstract lost(count: number): string;

  /** Opens the stream, behind the last id where there is one. */
  open(): void {
    this.#show("connecting");
    this.#connect();
  }

  /** Opens the stream anew, unless the reader wants it closed. */
  reopen(): void {
    if (this.#connection !== "paused") this.open();
  }

  /** Comes back at once, as after a change of network, unless the reader wants the stream closed. */
  comeBack(): void {
    if (this.#connection === "paused") return;
    if (this.#connection !== "connecting") this.#show("reconnecting");
    this.#connect();
  }

  /** Comes back at once where there is nothing to keep: the stream is not live, or nothing came for too long. */
  refresh(): void {
    if (this.#connection !== "live" || this.#source?.isSilent) this.comeBack();
  }

  /** Closes the stream until it is opened again, and says nothing about it. */
  close(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = undefined;
  }

  /** Closes the stream until the reader wants it back. */
  pause(): void {
    this.close();
    this.#show("paused");
  }

  /** Pauses an open stream, else opens it. */
  toggle(): void {
    if (this.#connection === "paused" || this.#connection === "closed") {
      this.open();
    } else this.pause();
  }

  /** Cuts the stream, as a network does, for so many ms. */
  protected cut(ms: number): void {
    this.#leave("reconnecting", "the connection was dropped", ms);
  }

  /** Takes note of a sign that the stream is one to stay. */
  protected live(): void {
    if (this.#connection !== "live") this.#show("live");
  }

  /** Takes in a status event's data, and returns what it says, or nothing where all is well. */
  protected report(data: string): string {
    const status: Status = JSON.parse(data);
    switch (status.state) {
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
    }
  }

  /** Takes note that the source lost its connection, or, being refused, gave up. */
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

  /** A server that is full opens a stream only to say so: it takes more than that to be live. */
  #note(note: string): string {
    this.#show("live", note);
    return note;
  }

  #connect(): void {
    this.close();
    this.#source = this.connect();
  }

  #leave(connection: Connection, note: string, ms: number): void {
    this.close();
    this.#show(connection, note);
    this.#retry = setTimeout(() => this.#connect(), ms);
  }

  #show(connection: Connection, note = ""): void {
    this.#connection = connection;
    this.show({ connection, note });
  }
}

/** `1 missed tick`, `7 missed ticks`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
