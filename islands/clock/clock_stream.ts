import { timeFormat } from "../../clock/zone.ts";
import { ClockOffset } from "./clock_offset.ts";
import { type ClockView, type SeenTick, streamPath } from "./clock_view.ts";
import { type ConnectionView, StreamConnection } from "../page/connection.ts";
import { plural } from "../page/plural.ts";
import type { StreamEvent } from "../../events/event_parser.ts";
import { FetchSource } from "../page/fetch_source.ts";
import { readStatus } from "../page/read_status.ts";

/** How far back the plot goes, in ms. */
const PLOTTED_MS = 60_000;
/** The interval of ticks, in ms. */
const TICK_MS = 1_000;
/** A stream without a tick for this long is dead, in ms. */
const SILENT_MS = 3 * TICK_MS;
/** After this many connections in a row that resume and bring no tick, the last id is of a time yet to come. */
const MAX_TICKLESS = 2;
/** How much earlier than `errorMs` allows a tick may come, in ms: the resolution of `performance.now()`. */
const COARSE_MS = 2;
/** How much later than due a tick may come because of the network, in ms. */
const JITTER_MS = 500;

/**
 * The clock's stream and the ticks that it brought. It renders nothing, and calls `onView` with each new view, and
 * `onSilent` when a live stream brings no more ticks.
 */
export class ClockStream extends StreamConnection {
  /** The time stands still until a tick comes, as after the server's clock was set back. */
  protected override readonly isLiveByStatus = false;
  #view: ClockView;
  #onView: (view: ClockView) => void;
  #onSilent: () => void;
  /** When the connection was opened, as `performance.now()`. For an earlier tick, lateness says nothing. */
  #openedMs = 0;
  /** When the last tick came, as `performance.now()`. */
  #receivedMs = 0;
  /** How many connections in a row resumed, but brought no tick. */
  #tickless = 0;
  #offset = new ClockOffset((agrees) => this.#measured(agrees));

  constructor(
    view: ClockView,
    onView: (view: ClockView) => void,
    onSilent: () => void,
  ) {
    super();
    this.#view = view;
    this.#onView = onView;
    this.#onSilent = onSilent;
  }

  get view(): ClockView {
    return this.#view;
  }

  /** Changes the zone: at once for the last tick, and the stream goes on after it, so that none is lost. */
  chooseZone(zone: string): void {
    this.#show({ zone, time: timeIn(zone, this.#view) });
    this.reopen();
  }

  protected override connect(): FetchSource {
    const source = new FetchSource({
      url: () => streamPath(this.#view.zone),
      lastId: this.#view.lastId,
      silentMs: SILENT_MS,
      hears: "events",
      onOpen: () => this.#opened(),
      onEvent: (event) => this.#heard(event),
      onFailed: (isRefused) => {
        const wasLive = this.#view.connection === "live";
        this.failed(isRefused);
        if (wasLive && source.isSilent) this.#onSilent();
        if (this.#tickless >= MAX_TICKLESS) this.#startAnew();
      },
    });
    return source;
  }

  protected override show(view: ConnectionView): void {
    const isNew = view.connection !== this.#view.connection;
    this.#show(view);
    if (isNew && view.connection === "live") this.#offset.measure();
  }

  protected override missed(count: number): string {
    return plural(count, "missed tick");
  }

  protected override lost(count: number | undefined): string {
    const what = count === undefined ? "some ticks" : this.missed(count);
    return `${what} did not come`;
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
    if (type !== "status") {
      if (id) this.#ticked(data, id);
      return;
    }
    this.report(data);
    const isResumed = readStatus(data)?.state === "resumed";
    if (isResumed && this.#view.connection !== "live") this.#tickless++;
  }

  /** Goes on with the server's current tick: the server waits for the one after the last id, as its clock was set back. */
  #startAnew(): void {
    this.#tickless = 0;
    this.#show({ lastId: "" });
    this.comeBack();
  }

  #ticked(data: string, id: string): void {
    this.#tickless = 0;
    const receivedMs = performance.now();
    const ms = Number.parseInt(id);
    // A connection that becomes live asks for the server's time anyway.
    if (this.#view.connection === "live") this.#check(ms, receivedMs);
    else this.live();
    this.#receivedMs = receivedMs;
    const { clock, events, ticks } = this.#view;
    const measurable = clock && ms > clock.originMs + this.#openedMs;
    const lateMs = measurable ? clock.originMs + receivedMs - ms : undefined;
    const tick: SeenTick = { ms, lateMs };
    if (lateMs !== undefined) this.#offset.addLateness(lateMs);
    this.#show({
      errorMs: this.#offset.errorMs(receivedMs),
      ms,
      time: data.replace("The current time is ", ""),
      events: events + 1,
      lastId: id,
      ticks: [
        ...ticks.filter((seen) => seen.ms < ms && seen.ms > ms - PLOTTED_MS),
        tick,
      ],
    });
    this.#offset.measureIfDue(receivedMs);
  }

  /**
   * Drops the measurement of the server's clock if a tick shows that it no longer holds: that clock was set, or
   * `performance.now()` stood still while this machine slept.
   */
  #check(ms: number, receivedMs: number): void {
    const { clock, ms: previousMs } = this.#view;
    const errorMs = this.#offset.errorMs(receivedMs) ?? 0;
    const isEarly = clock !== undefined &&
      clock.originMs + receivedMs - ms < -errorMs - COARSE_MS;
    const isApart = ms - previousMs !== TICK_MS ||
      receivedMs - this.#receivedMs > TICK_MS + JITTER_MS;
    if (isEarly || isApart) this.#forgetClock();
  }

  #forgetClock(): void {
    this.#offset.forget();
    this.#show({ clock: undefined });
  }

  /** If the clock before was wrong, so is the lateness of the ticks that were measured against it. */
  #measured(agrees: boolean): void {
    const { clock } = this.#offset;
    const errorMs = this.#offset.errorMs(performance.now());
    if (agrees) return this.#show({ clock, errorMs });
    const ticks = this.#view.ticks.map(({ ms }) => ({ ms, lateMs: undefined }));
    this.#show({ clock, errorMs, ticks });
  }
}

/** The tick's time in another zone. If only the server knows the zone, the old time stays until the next tick. */
function timeIn(zone: string, { ms, time }: ClockView): string {
  try {
    return timeFormat(zone)(ms);
  } catch (error) {
    if (error instanceof RangeError) return time;
    throw error;
  }
}
