/**
 * The entry of the clock's island: hydrates it, opens the stream, and connects the form, the address and the page's
 * visibility to it.
 *
 * @module
 */
import { hydrate, render } from "preact";
import { keepInAddress } from "../page/address.ts";
import { Clock, type ClockProps } from "./clock.tsx";
import { ClockStream } from "./clock_stream.ts";
import { pageTitle } from "./clock_view.ts";
import { followPage } from "../page/page_life.ts";
import { reportSilence } from "../page/silence.ts";

const root = document.querySelector<HTMLElement>("#clock")!;
const props: ClockProps = JSON.parse(root.dataset.props!);
const select = document.querySelector<HTMLSelectElement>("#tz")!;

let frame = 0;
function draw(): void {
  // Renders once a frame: a replay can bring an hour of ticks at once.
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    render(clock(), root);
  });
}

const stream = new ClockStream(props.view, draw, reportSilence);

function clock() {
  return (
    <Clock
      {...props}
      base={new URL("./", location.href).href}
      view={stream.view}
      onAction={() => stream.toggle()}
    />
  );
}

function showZone(zone: string): void {
  select.value = zone;
  document.title = pageTitle(zone);
  document.querySelector("#refusal")?.remove();
  if (zone !== stream.view.zone) stream.chooseZone(zone);
}

const keep = keepInAddress("tz", props.view.zone, showZone);
/** Shows the zone that the form names, perhaps by a former name. */
function chooseZone(timeStamp: number): void {
  const zone = select.selectedOptions[0]!.dataset.now ?? select.value;
  keep(zone, timeStamp);
  showZone(zone);
}
select.addEventListener("change", ({ timeStamp }) => chooseZone(timeStamp));

hydrate(clock(), root);
// The reader may have chosen before the script ran.
if (select.value !== props.view.zone) chooseZone(performance.now());
select.form!.querySelector("button")!.hidden = true;
followPage(stream);
