import type { EventRow, Row } from "./event_log.ts";
import { boundary, countText } from "./graphemes.ts";
import { LocalTime } from "./local_time.tsx";
import { WholeText } from "./whole_text.tsx";

/** How much of an event's data is shown, in UTF-16 units and in lines. */
interface Limit {
  length: number;
  lines: number;
}

/** What is shown on the screen, until the reader asks for all. */
const SHORT: Limit = { length: 400, lines: 5 };
/** What is printed, about a page: paper has no button for the rest. */
const PRINTED: Limit = { length: 4_000, lines: 50 };

/** Props of {@linkcode EventRowView}. */
export interface EventRowProps {
  row: Row;
  /** Its number among all rows, most of which have no element. */
  index: number;
  /** Whether to show the event's channel. */
  named: boolean;
  /** Whether the page is being printed. */
  isPrinted: boolean;
  onToggle(row: EventRow): void;
}

/** The row of an event or of a note. */
export function EventRowView(
  { row, index, named, isPrinted, onToggle }: EventRowProps,
) {
  if ("note" in row) {
    return (
      <div role="row" aria-rowindex={index} class="row note">
        <span role="cell" aria-colspan={named ? 5 : 4}>{row.note}</span>
      </div>
    );
  }
  const { short, all } = preview(row);
  return (
    <div role="row" aria-rowindex={index} class={all ? "row long" : "row"}>
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
          : isPrinted
          ? printed(row)
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
  const short = cut(data, SHORT);
  return {
    short,
    all: short.length < data.length ? `Show all${lengthOf(data)}` : "",
  };
}

/** The text on paper. Where it is cut, it says how long the data is. */
function printed({ data }: EventRow): string {
  const start = cut(data, PRINTED);
  return start.length < data.length
    ? `${start}… (cut: in all${lengthOf(data)})`
    : data;
}

function cut(data: string, { length, lines }: Limit): string {
  const start = data.length > length
    ? data.slice(0, boundary(data, length))
    : data;
  return start.split("\n", lines).join("\n");
}

/** Such as ` 500 characters`, or `, about 20000 characters`: counting a long text takes too long. */
function lengthOf(data: string): string {
  const count = countText(data);
  return count === undefined
    ? `, about ${data.length} characters`
    : ` ${count} characters`;
}
