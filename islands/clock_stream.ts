import { timeFormat } from "../channels/zone.ts";
import { type ClockView, type SeenTick, streamPath } from "./clock_view.ts";
import { type ConnectionView, plural, StreamConnection } from "./connection.ts";
import { readServerClock } from "./server_clock.ts";

/** How far back the plot goes. */
const PLOTTED_MS = 60_000;

/**
 * The clock's stream and what it has brought so far. It knows nothing of rendering: whoever makes one is told of
 * every new view.
 */
export class ClockStream extends StreamConnection {
  #view: ClockView;
  #onView: (view: ClockView) => void;
  /** When the connection was made, as `performance.now()`. A tick due before that cannot be late. */
  #openedMs = 0;

  constructor(view: ClockView, onView: (view: ClockView) => void) {
    super();
    this.#view = view;
    this.#onView = onView;
  }

  get view(): ClockView {
    return this.#view;
  }

  /** Tells the time in another zone: at once, and from the same tick on, so that none is lost on the way. */
  chooseZone(zone: string): void {
    this.#show({ zone, time: timeIn(zone, this.#view) });
    this.reopen();
  }

  protected override connect(): EventSource {
    const source = new EventSource(
      streamPath(this.#view.zone, this.#view.lastId),
    );
    source.addEventListener("open", () => this.#opened());
    source.addEventListener("message", (event) => this.#ticked(event));
    source.addEventListener(
      "status",
      ({ data }) => this.report(data),
    );
    source.addEventListener(
      "error",
      () => this.failed(source.readyState === source.CLOSED),
    );
    return source;
  }

  protected override show(view: ConnectionView): void {
    const isNew = view.connection !== this.#view.connection;
    this.#show(view);
    if (isNew && view.connection === "live") {
      readServerClock().then((clock) => this.#show({ clock }));
    }
  }

  protected override missed(count: number): string {
    return plural(count, "missed tick");
  }

  protected override lost(count: number): string {
    return `${this.missed(count)} did not come`;
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
    this.live();
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
