import { encodeStatus, type Frame, type Status } from "../events/frame.ts";

/** Encodes status events. Streams that are live at the same place share the bytes that say so: many open at one place. */
export class StatusFrames {
  #livePlace: string | undefined;
  #live: Frame | undefined;

  encode(status: Status, place: string | undefined): Frame {
    if (status.state !== "live") return encodeStatus(status, place);
    if (!this.#live || place !== this.#livePlace) {
      this.#live = encodeStatus(status, place);
      this.#livePlace = place;
    }
    return this.#live;
  }
}
