/** A command that starts a server: a program and its arguments, without a shell. */
export type Command = readonly [program: string, ...args: string[]];

/** How to subscribe to a server's channels, and how to publish to them. */
export interface Channels {
  /** The path of a stream; `{c}` stands for the channel. */
  readonly stream: string;
  /** Headers of a request for a stream, each as a line. */
  readonly streamHeaders?: readonly string[];
  /** The path to POST messages to. */
  readonly publish: string;
  /** The body to POST: `{c}` stands for the channel, `{m}` for the message. Without it, the body is the message. */
  readonly body?: string;
  readonly publishHeaders?: readonly string[];
  /** Whether a client may resume after the last id that it saw. */
  readonly resumes?: boolean;
}

/** A server to measure: Chime, or one to compare it with. */
export interface Peer {
  /** Its name for `--only`. */
  readonly name: string;
  /** What it is, in one line. */
  readonly about: string;
  /** Its version and its runtime's; `undefined` if it is not installed. */
  version(): Promise<string | undefined>;
  /**
   * Prepares what it needs, and returns the command that starts it.
   *
   * @param port The port to listen on, on 127.0.0.1.
   * @param folder An empty folder for its files, removed when the server has ended.
   */
  command(port: number, folder: string): Command | Promise<Command>;
  /**
   * The same with each message on the disk, by `fsync`, before its publisher is answered. Absent if it has no such mode.
   */
  durable?(port: number, folder: string): Command | Promise<Command>;
  /** Variables in addition to this program's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** The path of its clock, if it has one: one tick at each whole second, with an id of `<unix ms>-0`. */
  readonly clock?: string;
  /** Its channels, if messages can be published to it. */
  readonly channels?: Channels;
}
