import type { EventRow, Row } from "./event_log.ts";

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
  const short = row.data.slice(0, SHORT_LENGTH).split("\n", SHORT_LINES)
    .join("\n");
  const isLong = short.length < row.data.length;
  return (
    <div role="row" aria-rowindex={index} class="row">
      <span role="cell" class="time">
        <Time id={row.id} />
      </span>
      <span role="cell" class="id">{row.id}</span>
      {named && <span role="cell" class="channel">{row.channel}</span>}
      <span role="cell" class="type">{row.type}</span>
      <span role="cell" class="data">
        {isLong && row.isOpen
          ? <span class="all" tabIndex={0}>{row.data}</span>
          : isLong
          ? `${short}…`
          : short}
        {isLong && (
          <button type="button" onClick={() => onToggle(row)}>
            {row.isOpen
              ? "Show less"
              : `Show all ${row.data.length} characters`}
          </button>
        )}
      </span>
    </div>
  );
}

/** The moment in an id, as the reader's own clock had it. */
function Time({ id }: { id: string }) {
  const date = new Date(Number.parseInt(id));
  const shiftMs = date.getTimezoneOffset() * 60_000;
  if (Number.isNaN(shiftMs)) return <>–</>;
  const local = new Date(date.getTime() - shiftMs).toISOString().slice(0, -1);
  return (
    <time datetime={date.toISOString()} title={local.replace("T", " ")}>
      {local.slice(11)}
    </time>
  );
}
