import type { EventRow, Row } from "./event_log.ts";
import { boundary, countText } from "./graphemes.ts";
import { LocalTime } from "./local_time.tsx";
import { WholeText } from "./whole_text.tsx";

/** What is shown of an event's data until more is asked for, in UTF-16 units and in lines. */
const SHORT_LENGTH = 400;
const SHORT_LINES = 5;

/** What a row is given. */
export interface EventRowProps {
  row: Row;
  /** Its place among all rows, of which most have no element. */
  index: number;
  /** Whether to tell which channel the event is from. */
  named: boolean;
  onToggle(row: EventRow): void;
}

/** An event, or what the stream says of itself. */
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

/** What is shown of an event's data, and what the button says that shows the rest, if there is any. */
interface Preview {
  short: string;
  all: string;
}

/** Rows are drawn anew with every event. */
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
