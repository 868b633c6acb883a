/**
 * The entry of the channels' island: hydrates it, opens the stream, and connects the form, the address and the page's
 * visibility to it.
 *
 * @module
 */
import { hydrate, render } from "preact";
import { InputError } from "../../events/input_error.ts";
import { keepInAddress } from "../page/address.ts";
import { readChannels } from "./channel_names.ts";
import { ChannelStream } from "./channel_stream.ts";
import { Channels, type ChannelsProps } from "./channels.tsx";
import { untilMidnightMs } from "./local_time.tsx";
import { followPage } from "../page/page_life.ts";
import { followPrint } from "./print.ts";
import { onSilence } from "../page/silence.ts";
import { takeToken } from "./token.ts";

const root = document.querySelector<HTMLElement>("#channels")!;
const props: ChannelsProps = JSON.parse(root.dataset.props!);
let { refusal } = props;
/** Whether the page shows other channels than its address names, as those were refused. */
let isAddressWrong = refusal !== "";

let frame = 0;
// Renders once a frame: thousands of events may come at once.
function draw(): void {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    render(channels(), root);
  });
}

const stream = new ChannelStream(props.view, {
  heartbeatMs: props.heartbeatMs,
  token: () => ownToken,
  onChange: draw,
});
const life = {
  log: stream.log,
  refusals: 0,
  onChoose(event: SubmitEvent): void {
    event.preventDefault();
    try {
      const names = readChannels(field.value);
      const isShown = names.join() === stream.view.channels.join();
      if (!isShown || isAddressWrong) keep(names.join(), event.timeStamp);
      isAddressWrong = false;
      field.value = names.join(", ");
      showChannels(names);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      refusal = error.message;
      life.refusals++;
      field.focus();
      draw();
    }
  },
  onToggle: () => stream.toggle(),
  onOldest: () => stream.showOlder(),
  onDrop() {
    if (stream.view.connection === "reconnecting") stream.open();
    else stream.drop();
  },
  printedMs: undefined as number | undefined,
};

function channels() {
  const base = new URL("./", location.href).href;
  return (
    <Channels
      {...props}
      {...{ base, refusal, life }}
      view={stream.view}
    />
  );
}

hydrate(channels(), root);
const field = root.querySelector<HTMLInputElement>("#channels-field")!;
const token = root.querySelector<HTMLInputElement>("#token")!;

/** Whether the field holds anything but the channels that are shown. */
function isHalfTyped(): boolean {
  try {
    return readChannels(field.value).join() !== stream.view.channels.join();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return true;
  }
}

function showChannels(names: readonly string[]): void {
  refusal = "";
  draw();
  stream.choose(names);
}

const keep = keepInAddress(
  "channels",
  props.view.channels.join(),
  (names) => {
    if (!isHalfTyped()) field.value = names.replaceAll(",", ", ");
    showChannels(names.split(","));
  },
);

/** The token of this tab, if it has one. */
let ownToken: string | undefined;

function fillToken(): void {
  ownToken = takeToken() ?? ownToken;
  token.value = ownToken ?? token.value;
}
/** Renders at midnight, as the times of yesterday then need a date. */
function drawAtMidnight(): void {
  setTimeout(() => {
    draw();
    drawAtMidnight();
  }, untilMidnightMs());
}

fillToken();
addEventListener("hashchange", () => {
  fillToken();
  stream.refresh();
});
drawAtMidnight();
followPrint((isPrinted) => {
  life.printedMs = isPrinted ? Date.now() : undefined;
  // Not in the next frame, which would be too late.
  render(channels(), root);
});
followPage(stream);
// The clock ticks every second, so it notices a dead network first.
onSilence(() => stream.suspect("the clock fell silent"));
