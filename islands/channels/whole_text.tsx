import { Component, Fragment } from "preact";
import { boundary } from "./graphemes.ts";

/** How much text to add at a time, in UTF-16 units: as much as a browser lays out in a few ms. */
const PIECE_LENGTH = 32_768;

/** The pieces that are on the page so far. */
interface WholeTextState {
  pieces: string[];
  /** Where the next piece begins. */
  end: number;
}

/** A text of any length, added to the page piece by piece: a large text at once would block the tab for seconds. */
export class WholeText extends Component<{ text: string }, WholeTextState> {
  override state: WholeTextState = grown(
    { pieces: [], end: 0 },
    this.props.text,
  );
  #frame = 0;

  override componentDidMount(): void {
    this.#frame = requestAnimationFrame(this.#grow);
  }

  override componentWillUnmount(): void {
    cancelAnimationFrame(this.#frame);
  }

  override shouldComponentUpdate(
    _: unknown,
    { pieces }: WholeTextState,
  ): boolean {
    return pieces !== this.state.pieces;
  }

  override render(_: unknown, { pieces }: WholeTextState) {
    return (
      <span class="all" tabIndex={0}>
        {pieces.map((piece, i) => {
          const newline = piece.endsWith("\n") ? "\n" : "";
          return (
            <Fragment key={i}>
              <span class="piece" dir="auto">
                {newline ? piece.slice(0, -1) : piece}
              </span>
              {/* Chromium would not copy a newline at the end of the element. */}
              {newline}
            </Fragment>
          );
        })}
      </span>
    );
  }

  #grow = (): void => {
    const { text } = this.props;
    if (this.state.end >= text.length) return;
    this.setState(grown(this.state, text));
    this.#frame = requestAnimationFrame(this.#grow);
  };
}

function grown(
  { pieces, end }: WholeTextState,
  text: string,
): WholeTextState {
  const next = endOfPiece(text, end);
  return { pieces: [...pieces, text.slice(end, next)], end: next };
}

/** The end of a piece: after a newline if possible, because each piece begins on a new line. */
function endOfPiece(text: string, start: number): number {
  const end = start + PIECE_LENGTH;
  if (end >= text.length) return text.length;
  const newline = text.slice(start, end).lastIndexOf("\n");
  return newline < 0 ? boundary(text, end) : start + newline + 1;
}
