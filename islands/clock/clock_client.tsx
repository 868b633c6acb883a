/**
 * Brings the page's island to life: hydrates it, opens the stream, and ties the form, the address and the page's
 * coming and going to it.
 *
 * @module
 */
import { hydrate, render } from "preact";
import { keepInAddress } from "../page/address.ts";
import { Clock, type ClockProps } from "./clock.tsx";
import { ClockStream } from "./clock_stream.ts";
import { pageTitle } from "./clock_view.ts";
import { followPage } from "../page/page_life.ts";

const root = document.querySelector<HTMLElement>("#clock")!;
const props: ClockProps = JSON.parse(root.dataset.props!);
const select = document.querySelector<HTMLSelectElement>("#tz")!;

let frame = 0;
const stream = new ClockStream(props.view, () => {
  // A replay is up to an hour of ticks at once: the page need not draw each.
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    render(clock(), root);
  });
});

function clock() {
  return (
    <Clock
      {...props}
      origin={location.origin}
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
/** Takes over what the form says, which may be a zone by a former name. */
function chooseZone(timeStamp: number): void {
  const zone = select.selectedOptions[0]!.dataset.now ?? select.value;
  keep(zone, timeStamp);
  showZone(zone);
}
select.addEventListener("change", ({ timeStamp }) => chooseZone(timeStamp));

hydrate(clock(), root);
// Somebody may have been faster than the script.
if (select.value !== props.view.zone) chooseZone(performance.now());
select.form!.querySelector("button")!.hidden = true;
followPage(stream);
