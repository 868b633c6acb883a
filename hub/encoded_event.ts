import { type Frame, withChannel } from "../events/frame.ts";

/** An event's frame in one form, for all rings that hold it. */
export class EncodedEvent {
  readonly frame: Frame;
  readonly #channel: string;
  #named: Frame | undefined;
  #users = 0;

  constructor(frame: Frame, channel: string) {
    this.frame = frame;
    this.#channel = channel;
  }

  /** The frame with the channel in its type. The first that takes it has it made, the last that gives it back let go. */
  takeNamed(): Frame {
    this.#users++;
    return this.#named ??= withChannel(this.frame, this.#channel);
  }

  /** Ends one {@linkcode EncodedEvent.takeNamed}. */
  giveNamed(): void {
    if (--this.#users === 0) this.#named = undefined;
  }
}
