import { Component, createRef } from "preact";
import type { Block, EventLog, EventRow } from "./event_log.ts";
import { plural } from "../page/connection.ts";
import { ListRemark } from "./list_remark.tsx";
import { heightOf, type Span, span } from "./span.ts";
import { EventTable } from "./event_table.tsx";
import { followPrint } from "./print.ts";
import { UNTRANSLATED } from "../page/untranslated.ts";

/** What the list is given. */
export interface EventListProps {
  log: EventLog;
  /** Whether to tell which channel an event is from. */
  named: boolean;
  /** Whether the stream is live: before, nobody knows whether there are events. */
  isLive: boolean;
  /** Called when the reader comes near the oldest event. */
  onOldest: (() => void) | undefined;
}

/** What is read, and where it stands, in px. */
interface Anchor {
  element: Element;
  top: number;
  /** The block that it is in. */
  block: Block;
  /** How far the list is scrolled past the block's top. */
  past: number;
}

/** How far from the end still is the end, in px: browsers round. */
const AT_END = 2;

/**
 * The events, newest last, of which only those in sight have elements, but all while they are printed. It follows the newest until the reader scrolls
 * away, selects text or operates something among the events; then what is read stays where it is.
 */
export class EventList extends Component<EventListProps> {
  #scroller = createRef<HTMLDivElement>();
  #body = createRef<HTMLDivElement>();
  #follows = true;
  /** How many events had come when the reader was last at the end. */
  #seen = 0;
  #span: Span = { from: 0, to: 0, before: 0, after: 0 };
  /** The blocks that have elements. The log may have moved on since. */
  #blocks: readonly Block[] = [];
  /** Where the list was last scrolled to. */
  #top = 0;
  #anchor: Anchor | undefined;
  #width = 0;
  #isPrinted = false;

  override componentDidMount(): void {
    followPrint((isPrinted) => {
      this.#isPrinted = isPrinted;
      this.forceUpdate();
    });
    new ResizeObserver(([entry]) => {
      const { width } = entry!.contentRect;
      if (width !== this.#width) this.props.log.forgetHeights();
      this.#width = width;
      this.forceUpdate();
    }).observe(this.#scroller.current!);
    document.addEventListener("selectionchange", () => {
      const { isCollapsed, anchorNode } = getSelection()!;
      if (!isCollapsed && this.#body.current!.contains(anchorNode)) {
        this.#hold();
      }
    });
  }

  override componentDidUpdate(): void {
    const scroller = this.#scroller.current!;
    [...this.#body.current!.children].forEach((element, i) => {
      this.#blocks[i]!.height = element.getBoundingClientRect().height;
    });
    if (this.#follows) scroller.scrollTop = scroller.scrollHeight;
    else if (this.#anchor?.element.isConnected) {
      const { element, top } = this.#anchor;
      const moved = element.getBoundingClientRect().top - top;
      if (Math.abs(moved) >= 1) scroller.scrollTop += moved;
    } else this.#anchor = this.#whatIsRead();
    this.#top = scroller.scrollTop;
    // What was shown may be lower than it was taken for.
    const { from, to } = this.#inSight(0);
    if (from < this.#span.from || to > this.#span.to) this.forceUpdate();
  }

  override render({ log, named, isLive }: EventListProps) {
    // The log may have begun anew.
    if (log.events < this.#seen) this.#follows = true;
    if (this.#follows) this.#seen = log.events;
    const { from, to, before, after } = this.#span = this.#isPrinted
      ? { from: 0, to: log.blocks.length, before: 0, after: 0 }
      : this.#inSight(1);
    this.#blocks = log.blocks.slice(from, to);
    const unseen = log.events - this.#seen;
    return (
      <div class="events" {...UNTRANSLATED}>
        <div
          class="scroller"
          ref={this.#scroller}
          role="region"
          aria-label="Events"
          tabIndex={0}
          onScroll={this.#scrolled}
        >
          <EventTable
            body={this.#body}
            {...{ log, named, before, after }}
            blocks={this.#blocks}
            onFocusIn={this.#hold}
            onToggle={this.#toggle}
          />
          {isLive && log.rows === 0 && <p class="empty">No event yet.</p>}
        </div>
        {!this.#follows && (
          <button type="button" class="newest" onClick={this.#toNewest}>
            {unseen ? plural(unseen, "new event") : "To the newest"}
          </button>
        )}
        <ListRemark log={log} />
      </div>
    );
  }

  /** The blocks in sight, and so many screens above and below. */
  #inSight(screens: number): Span {
    const { blocks } = this.props.log;
    const height = this.#scroller.current?.clientHeight ?? 0;
    const top = this.#follows ? heightOf(blocks) - height : this.#placeToRead();
    return span(blocks, top - screens * height, top + (1 + screens) * height);
  }

  /** How far to scroll for what is read, though blocks before it went, or turned out to be higher or lower. */
  #placeToRead(): number {
    const { blocks } = this.props.log;
    const i = this.#anchor ? blocks.indexOf(this.#anchor.block) : -1;
    return i < 0
      ? this.#scroller.current!.scrollTop
      : heightOf(blocks.slice(0, i)) + this.#anchor!.past;
  }

  #whatIsRead(): Anchor | undefined {
    const { top } = this.#scroller.current!.getBoundingClientRect();
    for (const [i, group] of [...this.#body.current!.children].entries()) {
      for (const element of group.children) {
        const place = element.getBoundingClientRect();
        if (place.bottom <= top) continue;
        const past = top - group.getBoundingClientRect().top;
        return { element, top: place.top, block: this.#blocks[i]!, past };
      }
    }
    return undefined;
  }

  #scrolled = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller.current!;
    if (scrollHeight - clientHeight - scrollTop < AT_END) this.#follow();
    // Being elsewhere is not enough: what comes moves the end away.
    else if (!this.#follows || scrollTop < this.#top) this.#hold();
    if (!this.#follows && scrollTop < clientHeight) this.props.onOldest?.();
  };

  #follow = (): void => {
    this.#follows = true;
    this.forceUpdate();
  };

  #hold = (): void => {
    this.#follows = false;
    this.#anchor = this.#whatIsRead();
    this.forceUpdate();
  };

  #toNewest = (): void => {
    // The button is about to go.
    this.#scroller.current!.focus();
    this.#follow();
  };

  #toggle = (row: EventRow): void => {
    row.isOpen = !row.isOpen;
    this.#hold();
  };
}
