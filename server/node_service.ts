import type { ListenerOptions } from "./listener.ts";

/** What all connections of a listener share. */
export interface NodeService extends
  Pick<
    ListenerOptions,
    "handler" | "admission" | "onRefused" | "onUnreadable"
  > {
  /** The listener's address and port, for requests that name no host. */
  readonly host: string;
  /** Whether connections are closed after their next answer. */
  readonly isClosing: boolean;
  /** Called when something begins (1) or ends (-1) that the listener's end must wait for. */
  noteWork(change: 1 | -1): void;
}
