import type { Frame } from "../events/frame.ts";
import type { SinkWriter } from "../hub/sink.ts";
import type { AnswerSink } from "./client.ts";

/** A sink whose bytes come out of a `ReadableStream`, as `Deno.serve` takes it. */
export class StreamSink implements AnswerSink, UnderlyingDefaultSource<Frame> {
  readonly body: ReadableStream<Frame>;
  #controller!: ReadableStreamDefaultController<Frame>;
  #writer!: SinkWriter;
  /**
   * The answer to the stream's last pull. It stays open while the writer is parked: the stream asks for no more until
   * it is resolved, which saves a pull for each event.
   */
  #pull!: PromiseWithResolvers<void>;
  #isOpen = true;

  constructor() {
    // With a high-water mark of 0, the stream pulls only when its reader asks for bytes that are not there.
    this.body = new ReadableStream(this, { highWaterMark: 0 });
  }

  start(controller: ReadableStreamDefaultController<Frame>): void {
    this.#controller = controller;
  }

  pull(): Promise<void> {
    this.#pull = Promise.withResolvers();
    const { promise } = this.#pull;
    this.#writer.onReady();
    return promise;
  }

  cancel(): void {
    this.#isOpen = false;
    this.#writer.onLeave();
  }

  /** With a high-water mark of 0, a desired size of 0 says that nothing is queued: the socket has taken everything. */
  get isReady(): boolean {
    return this.#controller.desiredSize === 0;
  }

  open(writer: SinkWriter): void {
    this.#writer = writer;
  }

  write(bytes: Frame): void {
    this.#controller.enqueue(bytes);
  }

  whenReady(): void {
    this.#pull.resolve();
  }

  end(bytes: Frame): void {
    this.#controller.enqueue(bytes);
    // The write may have found out that the reader left, and a canceled stream cannot be closed.
    if (this.#isOpen) this.#controller.close();
  }

  abort(error: unknown): void {
    this.#controller.error(error);
  }
}
