import type { EventId } from "../../events/event_id.ts";
import { isPattern } from "../../events/pattern.ts";
import { type DeliverFrom, NEW } from "../../hub/deliver_from.ts";
import type { Format } from "../../hub/format.ts";
import { STREAM_OPTIONS } from "../../hub/stream_options.ts";
import type { Sink, SinkWriter } from "../../hub/sink.ts";
import type { Instance, Thread } from "./instance.ts";
import { Port } from "./port.ts";
import type { World } from "./world.ts";

/** An event as a client reads it. */
export interface Received {
  readonly type: string | undefined;
  readonly data: string;
  readonly id: EventId | undefined;
  /** Its channel, where the event says so. */
  readonly channel?: string | undefined;
}

/** What watches over a client. */
export interface Watcher {
  /** Called when it opens a stream. */
  onOpen(client: Client, from: DeliverFrom, thread: Thread): void;
  /** Called when bytes are written to it, before they are on their way. */
  onWrite(client: Client, events: readonly Received[]): void;
  /** Called when it reads an event. */
  onReceive(client: Client, event: Received): void;
}

/** One open stream: bytes that are on their way to a client, who may be slow, and may be cut off. */
class Stream implements Sink {
  isReady = true;
  readonly thread: Thread;
  readonly instance: Instance;
  readonly #client: Client;
  readonly #world: World;
  readonly #port: Port;
  readonly #watcher: Watcher;
  #writer!: SinkWriter;

  constructor(
    world: World,
    client: Client,
    instance: Instance,
    thread: Thread,
    watcher: Watcher,
  ) {
    this.#world = world;
    this.#client = client;
    this.instance = instance;
    this.thread = thread;
    this.#watcher = watcher;
    this.#port = new Port(world);
  }

  get isOpen(): boolean {
    return !this.#port.isClosed;
  }

  open(writer: SinkWriter): void {
    this.#writer = writer;
    this.whenReady();
  }

  write(bytes: Uint8Array): void {
    if (!this.isOpen) return;
    const events = parse(new TextDecoder().decode(bytes))
      .map((event) => this.#client.unwrap(event));
    this.#watcher.onWrite(this.#client, events);
    for (const event of events) {
      this.#port.send(() => this.#client.receive(event));
    }
  }

  whenReady(): void {
    this.isReady = false;
    const { random } = this.#world;
    const ms = random.chance(this.#client.slowness)
      ? random.between(20, 400)
      : random.next() * 2;
    this.#world.delay(ms).then(() => {
      if (!this.isOpen) return;
      this.isReady = true;
      this.#writer.onReady();
    });
  }

  end(bytes: Uint8Array): void {
    this.write(bytes);
  }

  abort(): void {
    this.#client.lose(this);
  }

  /** Cuts it. What is on its way is lost. */
  cut(): void {
    this.#port.close();
    this.#writer.onLeave();
  }
}

/** How far back the moment is that clients ask for, in ms. */
export const SINCE_MS = 100;

/** How a client's first stream begins. */
export type First = "new" | "earliest" | "since" | "latest";

/** A client as a browser is: it keeps its last id, and sends that when it comes back. */
export class Client {
  readonly name: string;
  /** Names and patterns. */
  readonly channels: readonly string[];
  readonly format: Format;
  readonly first: First;
  /** How likely it is that it takes its time with what it was sent. */
  slowness: number;
  lastId: EventId | undefined;
  readonly #world: World;
  readonly #watcher: Watcher;
  #stream: Stream | undefined;

  constructor(
    world: World,
    watcher: Watcher,
    { name, channels, format, first, slowness }: Pick<
      Client,
      "name" | "channels" | "format" | "first" | "slowness"
    >,
  ) {
    this.#world = world;
    this.#watcher = watcher;
    this.name = name;
    this.channels = channels;
    this.format = format;
    this.first = first;
    this.slowness = slowness;
  }

  get isConnected(): boolean {
    return this.#stream !== undefined;
  }

  /** The thread that serves it. */
  get thread(): Thread | undefined {
    return this.#stream?.thread;
  }

  connect(instance: Instance): void {
    const { random, clockMs } = this.#world;
    const thread = random.pick(instance.threads);
    const from = this.#from(clockMs);
    const stream = new Stream(
      this.#world,
      this,
      instance,
      thread,
      this.#watcher,
    );
    this.#stream = stream;
    this.#watcher.onOpen(this, from, thread);
    const options = { ...STREAM_OPTIONS, format: this.format };
    thread.hub.open(this.channels, from, stream, options);
  }

  /** Cuts its stream, if it has one. */
  cut(): void {
    this.#stream?.cut();
    this.#stream = undefined;
  }

  /** Cuts its stream where that is of something that has ended. */
  cutIfGone(): void {
    const { thread, instance } = this.#stream ?? {};
    if (thread && !(thread.isAlive && instance!.isAlive)) this.cut();
  }

  lose(stream: Stream): void {
    if (this.#stream === stream) this.cut();
  }

  /** Takes the message out of an event as it was sent, with its channel if the event says so. */
  unwrap(event: Received): Received {
    if (event.type === "status" || this.format === "flat") return event;
    if (this.format === "json") {
      const { channel, data, id } = JSON.parse(event.data);
      return { ...event, channel, data, id: event.id === id ? id : undefined };
    }
    const isNamed = this.channels.length > 1 || this.channels.some(isPattern);
    return isNamed ? { ...event, channel: event.type ?? "" } : event;
  }

  receive(event: Received): void {
    this.#watcher.onReceive(this, event);
    if (event.id) this.lastId = event.id;
  }

  #from(nowMs: number): DeliverFrom {
    if (this.lastId) return { kind: "after", id: this.lastId, afterReset: NEW };
    switch (this.first) {
      case "new":
        return NEW;
      case "latest":
        return { kind: "latest", count: 2 };
      case "earliest":
        return { kind: "earliest", afterReset: NEW };
      case "since":
        return { kind: "since", ms: nowMs - SINCE_MS };
    }
  }
}

/** Parses what an event stream has, as https://html.spec.whatwg.org/multipage/server-sent-events.html says. */
function parse(text: string): Received[] {
  return text.split("\n\n").flatMap((block) => {
    const fields = new Map<string, string>();
    for (const line of block.split("\n")) {
      const colon = line.indexOf(":");
      if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
    }
    const data = fields.get("data");
    if (data === undefined) return [];
    return [{
      type: fields.get("event"),
      data,
      id: fields.get("id") as EventId | undefined,
    }];
  });
}
