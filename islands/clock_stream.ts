import { timeFormat } from "../channels/zone.ts";
import { type ClockView, type SeenTick, streamPath } from "./clock_view.ts";
import { type ConnectionView, plural, StreamConnection } from "./connection.ts";
import type { StreamEvent } from "./event_parser.ts";
import { FetchSource } from "./fetch_source.ts";
import { readServerClock } from "./server_clock.ts";

/** How far back the plot goes. */
const PLOTTED_MS = 60_000;
/** What lies between two ticks, in ms. */
const TICK_MS = 1_000;
/** How long the stream may go without a tick, in ms. */
const SILENT_MS = 3 * TICK_MS;

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

  protected override connect(): FetchSource {
    return new FetchSource({
      url: () => streamPath(this.#view.zone),
      lastId: this.#view.lastId,
      silentMs: SILENT_MS,
      hears: "events",
      onOpen: () => this.#opened(),
      onEvent: (event) => this.#heard(event),
      onFailed: (isRefused) => this.failed(isRefused),
    });
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

  #heard({ type, data, id }: StreamEvent): void {
    if (type === "status") this.report(data);
    else if (id) this.#ticked(data, id);
  }

  #ticked(data: string, id: string): void {
    const receivedMs = performance.now();
    const ms = Number.parseInt(id);
    this.live();
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
      lastId: id,
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
