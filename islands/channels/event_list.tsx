import { Component, createRef } from "preact";
import type { Block, EventLog, EventRow } from "./event_log.ts";
import type { Connection } from "../page/connection.ts";
import { plural } from "../page/plural.ts";
import { emptyText } from "./empty_text.ts";
import { ListRemark } from "./list_remark.tsx";
import { heightOf, type Span, span } from "./span.ts";
import { EventTable } from "./event_table.tsx";
import { UNTRANSLATED } from "../page/untranslated.ts";

/** Props of {@linkcode EventList}. */
export interface EventListProps {
  log: EventLog;
  /** Whether to show the channel of each event. */
  named: boolean;
  /** The stream's. Until it is live, it is not known whether there are events. */
  connection: Connection;
  /** Whether the page is being printed. */
  isPrinted: boolean;
  /** Called when the reader scrolls near the oldest event. */
  onOldest: (() => void) | undefined;
}

/** The row at the top of what the reader sees. */
interface Anchor {
  element: Element;
  /** Its distance from the top of the window, in px. */
  top: number;
  /** The block that holds it. */
  block: Block;
  /** How far the list is scrolled past the block's top, in px. */
  past: number;
}

/** A position this close to the end counts as the end, in px: browsers round. */
const AT_END = 2;

/**
 * The events, newest last. Only those near what is visible have elements, except while the page is printed. The list
 * follows the newest event until the reader scrolls away, selects text or uses a control in the list. From then on, the
 * visible rows stay where they are.
 */
export class EventList extends Component<EventListProps> {
  #scroller = createRef<HTMLDivElement>();
  #body = createRef<HTMLDivElement>();
  #follows = true;
  /** The number of events when the reader was last at the end. */
  #seen = 0;
  #span: Span = { from: 0, to: 0, before: 0, after: 0 };
  /** The blocks that have elements. The log may have changed since. */
  #blocks: readonly Block[] = [];
  /** The last scroll position, in px. */
  #top = 0;
  #anchor: Anchor | undefined;
  #width = 0;

  override componentDidMount(): void {
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
    // Blocks may turn out lower than estimated, and leave room for more.
    const { from, to } = this.#inSight(0);
    if (from < this.#span.from || to > this.#span.to) this.forceUpdate();
  }

  override render({ log, named, connection, isPrinted }: EventListProps) {
    // The log may have been cleared.
    if (log.events < this.#seen) this.#follows = true;
    if (this.#follows) this.#seen = log.events;
    const { from, to, before, after } = this.#span = isPrinted
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
            {...{ log, named, isPrinted, before, after }}
            blocks={this.#blocks}
            onFocusIn={this.#hold}
            onToggle={this.#toggle}
          />
          {log.rows === 0 && <p class="empty">{emptyText(connection)}</p>}
        </div>
        {!this.#follows && (
          <button type="button" class="newest" onClick={this.#toNewest}>
            {unseen ? plural(unseen, "new event") : "To the newest"}
          </button>
        )}
        <ListRemark log={log} isLive={connection === "live"} />
      </div>
    );
  }

  /** The visible blocks, and those that many screens above and below. */
  #inSight(screens: number): Span {
    const { blocks } = this.props.log;
    const height = this.#scroller.current?.clientHeight ?? 0;
    const top = this.#follows ? heightOf(blocks) - height : this.#placeToRead();
    return span(blocks, top - screens * height, top + (1 + screens) * height);
  }

  /** The scroll position, in px, at which the visible rows stay, after blocks before them went or changed in height. */
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
    // New events move the end away, too: only scrolling up counts as leaving it.
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
    // The button is about to be removed, and the focus would be lost.
    this.#scroller.current!.focus();
    this.#follow();
  };

  #toggle = (row: EventRow): void => {
    row.isOpen = !row.isOpen;
    this.#hold();
  };
}
