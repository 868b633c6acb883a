/** What starts a server: a program and its arguments, without a shell. */
export type Command = readonly [program: string, ...args: string[]];

/** A server's answer to "where is it, and how is it spoken to?" for one scenario's kind of stream. */
export interface Channels {
  /** A stream's path; `{c}` stands for the channel. */
  readonly stream: string;
  /** Headers of a stream's request, each a line. */
  readonly streamHeaders?: readonly string[];
  /** Where messages are POSTed to. */
  readonly publish: string;
  /** What is POSTed; `{c}` stands for the channel, `{m}` for the message, which is all of it unless told. */
  readonly body?: string;
  readonly publishHeaders?: readonly string[];
  /** Whether a client may go on after the id it saw last. */
  readonly resumes?: boolean;
}

/** A server that is measured: Chime, or what it is compared with. */
export interface Peer {
  /** A word, as `--only` takes it. */
  readonly name: string;
  /** What it is, in a line. */
  readonly about: string;
  /** Its version and that of what it runs on; `undefined` where it is not installed. */
  version(): Promise<string | undefined>;
  /**
   * Makes what it needs, and tells how to start it.
   *
   * @param port Where to listen, on 127.0.0.1.
   * @param folder An empty folder for its files, removed when it has ended.
   */
  command(port: number, folder: string): Command | Promise<Command>;
  /** Variables beside this program's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** The path of its clock, one tick at each whole second with an id of `<unix ms>-0`; absent where it has none. */
  readonly clock?: string;
  /** Absent where messages cannot be published to it. */
  readonly channels?: Channels;
}
