import { stub } from "@std/testing/mock";

/** An EventSource whose server is the test. */
export class FakeSource extends EventTarget {
  /** Every source made since the fake was installed. */
  static all: FakeSource[] = [];

  static get last(): FakeSource {
    return FakeSource.all.at(-1)!;
  }

  /** Takes the place of `EventSource` until disposed of. */
  static install(): Disposable {
    FakeSource.all = [];
    const make = (url: string) => new FakeSource(url);
    return stub(
      globalThis,
      "EventSource",
      make as unknown as typeof EventSource,
    );
  }

  readonly CLOSED = 2;
  readyState = 0;
  url: string;

  constructor(url: string) {
    super();
    this.url = url;
    FakeSource.all.push(this);
  }

  open(): void {
    this.dispatchEvent(new Event("open"));
  }

  tick(ms: number): void {
    const time = new Date(ms).toISOString().slice(0, 19).replace("T", " ");
    const data = `The current time is ${time}`;
    const lastEventId = `${ms}-0`;
    this.dispatchEvent(new MessageEvent("message", { data, lastEventId }));
  }

  status(status: Record<string, unknown>): void {
    const data = JSON.stringify(status);
    this.dispatchEvent(new MessageEvent("status", { data }));
  }

  /** What a broken connection does: the browser will come back. */
  cut(): void {
    this.dispatchEvent(new Event("error"));
  }

  /** What an answer other than 200 does: the browser will not. */
  refuse(): void {
    this.readyState = this.CLOSED;
    this.dispatchEvent(new Event("error"));
  }

  close(): void {
    this.readyState = this.CLOSED;
  }
}
