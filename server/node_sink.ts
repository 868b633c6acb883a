import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setImmediate } from "node:timers";
import type { Frame } from "../events/frame.ts";
import type { SinkWriter } from "../hub/sink.ts";
import type { AnswerSink } from "../routes/client.ts";
import { toChunk } from "./http_chunk.ts";

/**
 * A sink that writes to the answer's socket: `ServerResponse.write` would frame the bytes again for each stream. The
 * listener sends the head, calls {@linkcode NodeSink.begin}, and calls {@linkcode NodeSink.leave} when the answer is
 * closed.
 */
export class NodeSink implements AnswerSink {
  readonly body = null;
  readonly #answer: ServerResponse;
  #writer!: SinkWriter;
  /** The answer's, from the beginning on: the answer lets go of it. */
  #socket!: Socket;
  #state: "opening" | "open" | "closed" = "opening";
  /** The end that came before the beginning. */
  #end: (() => void) | undefined;

  constructor(answer: ServerResponse) {
    this.#answer = answer;
  }

  /** Asks for the first bytes. Called once the answer's head is sent. */
  begin(): void {
    if (this.#state === "closed") return;
    this.#state = "open";
    this.#socket = this.#answer.socket!;
    if (this.#end) this.#end();
    else this.#writer.onReady();
  }

  /** Tells the writer that the reader has left, unless the stream has ended before. */
  leave(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    // A stream that ended before its beginning has no writer any more.
    if (!this.#end) this.#writer.onLeave();
  }

  get isReady(): boolean {
    return !this.#socket.writableNeedDrain;
  }

  open(writer: SinkWriter): void {
    this.#writer = writer;
  }

  write(bytes: Frame): void {
    // HTTP/1.0 knows no chunks: the end of the connection ends the body.
    this.#socket.write(this.#answer.chunkedEncoding ? toChunk(bytes) : bytes);
  }

  whenReady(): void {
    if (this.isReady) setImmediate(goOn, this);
    else this.#socket.once("drain", () => this.goOn());
  }

  /** The socket has taken everything. */
  goOn(): void {
    if (this.#state === "open") this.#writer.onReady();
  }

  end(bytes: Frame): void {
    this.#finish(() => {
      this.write(bytes);
      this.#answer.end();
    });
  }

  abort(): void {
    this.#finish(() => {
      // The head may still be held back, to go with the first bytes.
      this.#socket.uncork();
      this.#socket.destroy();
    });
  }

  #finish(how: () => void): void {
    if (this.#state === "opening") this.#end = how;
    else if (this.#state === "open") {
      this.#state = "closed";
      how();
    }
  }
}

function goOn(sink: NodeSink): void {
  sink.goOn();
}
