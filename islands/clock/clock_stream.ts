import { timeFormat } from "../../clock/zone.ts";
import { type ClockView, type SeenTick, streamPath } from "./clock_view.ts";
import {
  type ConnectionView,
  plural,
  StreamConnection,
} from "../page/connection.ts";
import type { StreamEvent } from "../../events/event_parser.ts";
import { FetchSource } from "../page/fetch_source.ts";
import { readServerClock } from "./server_clock.ts";

/** How far back the plot goes. */
const PLOTTED_MS = 60_000;
/** What lies between two ticks, in ms. */
const TICK_MS = 1_000;
/** How long the stream may go without a tick, in ms. */
const SILENT_MS = 3 * TICK_MS;
/** How much earlier than `errorMs` allows a tick may come, in ms: `performance.now()` is that coarse. */
const COARSE_MS = 2;
/** How much later than its predecessor a tick may come, in ms, with nothing amiss but the network. */
const JITTER_MS = 500;
/** The least time between two questions after the server's clock, in ms: no one is to be asked at every tick. */
const MEASURE_MS = 5_000;

/**
 * The clock's stream and what it has brought so far. It knows nothing of rendering: whoever makes one is told of
 * every new view.
 */
export class ClockStream extends StreamConnection {
  #view: ClockView;
  #onView: (view: ClockView) => void;
  /** When the connection was made, as `performance.now()`. A tick due before that cannot be late. */
  #openedMs = 0;
  /** When the last tick came, as `performance.now()`. */
  #receivedMs = 0;
  /** When the server was last asked for its time, as `performance.now()`. */
  #askedMs = 0;
  #measuring = new AbortController();

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
    if (isNew && view.connection === "live") this.#measure();
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
    this.#forgetClock();
  }

  #heard({ type, data, id }: StreamEvent): void {
    if (type === "status") this.report(data);
    else if (id) this.#ticked(data, id);
  }

  #ticked(data: string, id: string): void {
    const receivedMs = performance.now();
    const ms = Number.parseInt(id);
    // A connection that becomes live asks for the server's time anyway.
    if (this.#view.connection === "live") this.#check(ms, receivedMs);
    else this.live();
    this.#receivedMs = receivedMs;
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

  /**
   * Measures anew where a tick shows that what is known of the server's clock no longer holds: that clock was set, or
   * `performance.now()` stood still while this machine slept.
   */
  #check(ms: number, receivedMs: number): void {
    const { clock, ms: previousMs } = this.#view;
    const isEarly = clock !== undefined &&
      clock.originMs + receivedMs - ms < -(clock.errorMs ?? 0) - COARSE_MS;
    const isApart = ms - previousMs !== TICK_MS ||
      receivedMs - this.#receivedMs > TICK_MS + JITTER_MS;
    if (isEarly || isApart) this.#forgetClock();
    const isDue = receivedMs - this.#askedMs >= MEASURE_MS;
    if (!this.#view.clock && isDue) this.#measure();
  }

  #forgetClock(): void {
    this.#measuring.abort();
    this.#show({ clock: undefined });
  }

  async #measure(): Promise<void> {
    this.#measuring.abort();
    this.#askedMs = performance.now();
    const { signal } = this.#measuring = new AbortController();
    const clock = await readServerClock(signal);
    if (!signal.aborted) this.#show({ clock });
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
