import { timeFormat } from "../channels/zone.ts";
import { type ClockView, type SeenTick, streamPath } from "./clock_view.ts";
import { readServerClock } from "./server_clock.ts";

/** EventSource gives up for good on any status but 200. A proxy's 502 passes, so try again: not often, not in step. */
const REFUSED_RETRY_MS = 5_000;

/** How far back the plot goes. */
const PLOTTED_MS = 60_000;

/**
 * The clock's stream and what it has brought so far. It knows nothing of rendering: whoever makes one is told of
 * every new view.
 */
export class ClockStream {
  #view: ClockView;
  #onView: (view: ClockView) => void;
  #source: EventSource | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** When the connection was made, as `performance.now()`. A tick due before that cannot be late. */
  #openedMs = 0;
  /** Why the server is about to close the stream, where it said so. */
  #farewell = "";

  constructor(view: ClockView, onView: (view: ClockView) => void) {
    this.#view = view;
    this.#onView = onView;
  }

  get view(): ClockView {
    return this.#view;
  }

  /** Opens the stream, behind the last id where there is one. */
  open(): void {
    this.#show({ connection: "connecting", note: "" });
    this.#connect();
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
    this.#show({ connection: "paused", note: "" });
  }

  /** Tells the time in another zone: at once, and from the same tick on, so that none is lost on the way. */
  chooseZone(zone: string): void {
    this.#show({ zone, time: timeIn(zone, this.#view) });
    if (this.#source) this.open();
  }

  /** The only place where a source is made: each has every listener. */
  #connect(): void {
    this.close();
    const source = new EventSource(
      streamPath(this.#view.zone, this.#view.lastId),
    );
    source.addEventListener("open", () => this.#opened());
    source.addEventListener("message", (event) => this.#ticked(event));
    source.addEventListener("status", (event) => this.#reported(event));
    source.addEventListener("error", () => this.#failed(source));
    this.#source = source;
  }

  #show(change: Partial<ClockView>): void {
    this.#view = { ...this.#view, ...change };
    this.#onView(this.#view);
  }

  #opened(): void {
    this.#openedMs = performance.now();
    // The machine may have slept since the server was last asked: performance.now() stands still meanwhile.
    this.#show({ clock: undefined });
  }

  #ticked({ data, lastEventId }: MessageEvent<string>): void {
    const receivedMs = performance.now();
    this.#wentLive();
    const ms = Number.parseInt(lastEventId);
    const { clock, events, ticks } = this.#view;
    const measurable = clock && ms > clock.originMs + this.#openedMs;
    const tick: SeenTick = {
      ms,
      lateMs: measurable ? clock.originMs + receivedMs - ms : undefined,
    };
    this.#show({
      ms,
      time: data.replace("The current time is ", ""),
      events: events + 1,
      lastId: lastEventId,
      ticks: [
        ...ticks.filter((seen) => seen.ms < ms && seen.ms > ms - PLOTTED_MS),
        tick,
      ],
    });
  }

  /** What a status event says: DESIGN.md, "On the wire". */
  #reported({ data }: MessageEvent<string>): void {
    const { state, replayed, missed } = JSON.parse(data);
    switch (state) {
      case "resumed":
        this.#wentLive();
        if (replayed) this.#show({ note: `${ticks(replayed)} came back` });
        break;
      case "reset":
        this.#wentLive();
        this.#show({ note: "what was missed cannot be known" });
        break;
      case "lagged":
        this.#show({
          note: `${ticks(missed)} did not come: the connection is slow`,
        });
        break;
      case "draining":
        this.#farewell = "the server is shutting down";
        break;
      case "overloaded":
        this.#farewell = "the server is full";
    }
  }

  /** Not on `open`: a server that is full opens a stream only to say so. */
  #wentLive(): void {
    if (this.#view.connection === "live") return;
    this.#show({ connection: "live", note: "" });
    readServerClock().then((clock) => this.#show({ clock }));
  }

  #failed(source: EventSource): void {
    if (source.readyState === source.CLOSED) {
      this.#show({
        connection: "closed",
        note: "the server refused the stream; the next try is soon",
      });
      const delayMs = REFUSED_RETRY_MS * (1 + Math.random());
      this.#retry = setTimeout(() => this.#connect(), delayMs);
    } else {
      this.#show({ connection: "reconnecting", note: this.#farewell });
    }
    this.#farewell = "";
  }
}

function ticks(count: number): string {
  return count === 1 ? "1 missed tick" : `${count} missed ticks`;
}

/** The tick's time in another zone. A zone that only the server knows has to wait for the next tick. */
function timeIn(zone: string, { ms, time }: ClockView): string {
  try {
    return timeFormat(zone)(ms);
  } catch (error) {
    if (error instanceof RangeError) return time;
    throw error;
  }
}
