import type { EventRow, Row } from "./event_log.ts";
import { boundary, countText } from "./graphemes.ts";
import { LocalTime } from "./local_time.tsx";
import { WholeText } from "./whole_text.tsx";

/** How much of an event's data is shown at first, in UTF-16 units and in lines. */
const SHORT_LENGTH = 400;
const SHORT_LINES = 5;

/** Props of {@linkcode EventRowView}. */
export interface EventRowProps {
  row: Row;
  /** Its number among all rows, most of which have no element. */
  index: number;
  /** Whether to show the event's channel. */
  named: boolean;
  onToggle(row: EventRow): void;
}

/** The row of an event or of a note. */
export function EventRowView({ row, index, named, onToggle }: EventRowProps) {
  if ("note" in row) {
    return (
      <div role="row" aria-rowindex={index} class="row note">
        <span role="cell" aria-colspan={named ? 5 : 4}>{row.note}</span>
      </div>
    );
  }
  const { short, all } = preview(row);
  return (
    <div role="row" aria-rowindex={index} class="row">
      <span role="cell" class="time">
        <LocalTime ms={Number.parseInt(row.id)} isPrecise />
      </span>
      <span role="cell" class="id">{row.id}</span>
      {named && (
        <span role="cell" class="channel" dir="auto">{row.channel}</span>
      )}
      <span role="cell" class="type" dir="auto">{row.type}</span>
      <span role="cell" class="data" dir="auto">
        {all && row.isOpen
          ? <WholeText text={row.data} />
          : all
          ? `${short}…`
          : short}
        {all && (
          <button type="button" onClick={() => onToggle(row)}>
            {row.isOpen ? "Show less" : all}
          </button>
        )}
      </span>
    </div>
  );
}

/** The first part of an event's data, and the label of the button that shows all of it, if there is more. */
interface Preview {
  short: string;
  all: string;
}

/** Previews, kept because every new event renders all visible rows again. */
const previews = new WeakMap<EventRow, Preview>();

function preview(row: EventRow): Preview {
  let known = previews.get(row);
  if (!known) previews.set(row, known = previewOf(row));
  return known;
}

function previewOf({ data }: EventRow): Preview {
  const start = data.length > SHORT_LENGTH
    ? data.slice(0, boundary(data, SHORT_LENGTH))
    : data;
  const short = start.split("\n", SHORT_LINES).join("\n");
  return { short, all: short.length < data.length ? showAll(data) : "" };
}

function showAll(data: string): string {
  const count = countText(data);
  return count === undefined
    ? `Show all, about ${data.length} characters`
    : `Show all ${count} characters`;
}
