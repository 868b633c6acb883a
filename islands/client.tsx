/**
 * Brings the page's island to life: hydrates it, opens the stream, and ties the form, the address and the page's
 * coming and going to it.
 *
 * @module
 */
import { hydrate, render } from "preact";
import { Clock, type ClockProps } from "./clock.tsx";
import { ClockStream } from "./clock_stream.ts";
import { pageTitle, zoneQuery } from "./clock_view.ts";

/** Choices closer together than this are one, for the browser's history: arrow keys step through a list's zones. */
const ONE_CHOICE_MS = 1_000;

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
      onAction={act}
    />
  );
}

function act(): void {
  const { connection } = stream.view;
  if (connection === "paused" || connection === "closed") stream.open();
  else stream.pause();
}

function showZone(zone: string): void {
  select.value = zone;
  document.title = pageTitle(zone);
  document.querySelector("#refusal")?.remove();
  if (zone !== stream.view.zone) stream.chooseZone(zone);
}

let chosenMs = -ONE_CHOICE_MS;
select.addEventListener("change", ({ timeStamp }) => {
  const zone = select.value;
  const url = `?${zoneQuery(zone)}`;
  if (timeStamp - chosenMs < ONE_CHOICE_MS) {
    history.replaceState(zone, "", url);
  } else {
    history.pushState(zone, "", url);
  }
  chosenMs = timeStamp;
  showZone(zone);
});
// The address alone would not do: it may hold an alias of the zone, or no zone at all.
history.replaceState(props.view.zone, "");
addEventListener("popstate", ({ state }) => {
  if (state) showZone(state);
});

// A page with an open connection is not kept for the way back.
addEventListener("pagehide", () => stream.close());
addEventListener("pageshow", ({ persisted }) => {
  if (persisted && stream.view.connection !== "paused") stream.open();
});

hydrate(clock(), root);
select.form!.querySelector("button")!.hidden = true;
stream.open();
