import type { Sink, SinkWriter } from "../../hub/sink.ts";

/** A sink that notes what happens to it, and is ready when the test says so, as a socket may be. */
export class FakeSink implements Sink {
  isReady = true;
  /** Whether the writer has asked for `onReady`. */
  isAsked = false;
  /** Called at each write. */
  onWrite = () => {};
  /** What was written, without the line `retry`. */
  readonly written: string[] = [];
  /** How it was closed. */
  readonly closed: unknown[] = [];
  #writer!: SinkWriter;

  open(writer: SinkWriter): void {
    this.#writer = writer;
  }

  /** Tells the writer that it may go on. */
  ready(): void {
    this.isReady = true;
    this.isAsked = false;
    this.#writer.onReady();
  }

  /** Tells the writer that the reader has left. */
  leave(): void {
    this.#writer.onLeave();
  }

  write(bytes: Uint8Array): void {
    const text = new TextDecoder().decode(bytes).replace(/^retry:\d+\n/, "");
    if (text) this.written.push(text);
    this.onWrite();
  }

  whenReady(): void {
    this.isAsked = true;
  }

  end(bytes: Uint8Array): void {
    this.write(bytes);
    this.closed.push("ended");
  }

  abort(error: unknown): void {
    this.closed.push(error);
  }
}
