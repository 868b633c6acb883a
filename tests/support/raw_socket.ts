import { assert } from "@std/assert";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { within } from "./within.ts";

/** A connection that sends and reads bytes as they are, each as one character. It reads only what it is asked for. */
export class RawSocket implements Disposable {
  readonly #socket: Socket;
  /** What has come, and was not asked for yet. */
  #text = "";
  #isOpen = true;
  #onChange = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      this.#text += text;
      this.#onChange();
    });
    // A reset is an end as any other; `close` follows.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#isOpen = false;
      this.#onChange();
    });
  }

  /**
   * Connects.
   *
   * @param from The address to connect from: each of 127.0.0.0/8 is another client.
   */
  static async open(
    { port }: { port: number },
    from = "127.0.0.1",
  ): Promise<RawSocket> {
    const socket = connect({ port, host: "127.0.0.1", localAddress: from });
    const opened = new RawSocket(socket);
    await within(once(socket, "connect"));
    socket.pause();
    return opened;
  }

  /** Whether the other side has not ended it, as far as was read. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  async send(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.write(Buffer.from(text, "latin1"), () => resolve());
    await within(promise);
  }

  /** Returns what comes up to and with the text. */
  async until(end: string): Promise<string> {
    while (!this.#text.includes(end)) {
      assert(this.#isOpen, `The connection ended: ${this.#text}`);
      await this.#change();
    }
    const at = this.#text.indexOf(end) + end.length;
    const text = this.#text.slice(0, at);
    this.#text = this.#text.slice(at);
    return text;
  }

  /**
   * Returns what comes up to the end of the connection.
   *
   * @param deadlineMs How long that may take.
   */
  async rest(deadlineMs?: number): Promise<string> {
    const read = async () => {
      while (this.#isOpen) await this.#change();
    };
    // Heartbeats would put off the deadline of each change.
    await within(read(), deadlineMs === undefined ? {} : { deadlineMs });
    return this.#text;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #change(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onChange = resolve;
    this.#socket.resume();
    await within(promise);
    this.#socket.pause();
  }
}
