import { Component, type TargetedEvent } from "preact";
import { LocalTime } from "./local_time.tsx";
import { type Outcome, publish } from "./publish.ts";
import { UNTRANSLATED } from "../page/untranslated.ts";

/** What is typed here is no prose, and nobody's name. A browser that leaves the page keeps what was typed. */
const PLAIN = {
  autocapitalize: "off",
  spellcheck: false,
  dir: "auto",
} as const;

/** What an event says of itself while a browser composes text, besides `isComposing`: Safari's last Enter has that alone. */
const COMPOSING_KEY = 229;

/** What the form is given. */
export interface PublishFormProps {
  /** What is subscribed to, and so proposed. */
  channels: readonly string[];
  disabled: boolean;
}

/** The newest outcome alone. */
interface PublishFormState {
  isUnderWay: boolean;
  outcome?: Outcome | undefined;
  /** When it was known, in ms since the epoch. */
  atMs: number;
}

/**
 * Publishes to a channel, one event at a time. Its fields have no names: should anything ever submit it the plain way,
 * the token would not be among what is sent.
 */
export class PublishForm extends Component<PublishFormProps, PublishFormState> {
  override state: PublishFormState = { isUnderWay: false, atMs: 0 };
  /** The state comes a moment later: too late for a second click. */
  #isUnderWay = false;

  override render() {
    const { channels, disabled } = this.props;
    const { isUnderWay, outcome, atMs } = this.state;
    const fault = outcome?.fault;
    return (
      <form
        method="post"
        class="publish"
        onSubmit={this.#submit}
        onKeyDown={this.#onKey}
      >
        <h3>Publish</h3>
        <p>
          <label for="channel">To the channel</label>
          <input
            id="channel"
            // Another proposal comes with other channels, unless somebody typed.
            defaultValue={channels[0]!}
            list="chosen"
            required
            aria-invalid={fault === "channel"}
            aria-describedby="outcome"
            {...PLAIN}
          />
          <datalist id="chosen">
            {channels.map((name) => <option key={name} value={name} />)}
          </datalist>
        </p>
        <p>
          <label for="type">Type (optional)</label>
          <input id="type" {...PLAIN} />
        </p>
        <p>
          <label for="token">Token</label>
          <input
            id="token"
            type="password"
            autocomplete="off"
            aria-invalid={fault === "token"}
            aria-describedby="token-fault"
            autocapitalize="off"
            spellcheck={false}
          />
          <span id="token-fault" class="fault" {...UNTRANSLATED}>
            {fault === "token" && outcome?.text}
          </span>
        </p>
        <p class="wide">
          <label for="data">Data</label>
          <textarea
            id="data"
            rows={3}
            defaultValue="Hello"
            dir="auto"
          />
        </p>
        <div class="wide send">
          <button
            type="submit"
            disabled={disabled}
            // Unlike disabled, this leaves the focus where it is.
            aria-disabled={isUnderWay || undefined}
            onClick={this.#onClick}
          >
            Publish
          </button>
          <span class="remark">{!disabled && "or Ctrl+Enter"}</span>
          <output
            id="outcome"
            role="status"
            class={fault && "fault"}
            {...UNTRANSLATED}
          >
            {isUnderWay ? "Publishing…" : outcome && (
              <>
                {fault === "token"
                  ? "Not published: see the token"
                  : outcome.text}, <LocalTime ms={atMs} /> your time
              </>
            )}
          </output>
        </div>
      </form>
    );
  }

  #submit = async (
    event: TargetedEvent<HTMLFormElement, SubmitEvent>,
  ): Promise<void> => {
    event.preventDefault();
    if (this.#isUnderWay) return;
    const { elements } = event.currentTarget;
    const field = (id: string) => elements.namedItem(id) as HTMLInputElement;
    const value = (id: string) => field(id).value;
    this.#isUnderWay = true;
    this.setState({ isUnderWay: true, outcome: undefined });
    const outcome = await publish({
      channel: value("channel"),
      type: value("type"),
      data: value("data"),
      token: value("token"),
    });
    this.#isUnderWay = false;
    this.setState({ isUnderWay: false, outcome, atMs: Date.now() }, () => {
      const { fault } = outcome;
      if (fault === "token" || fault === "channel") field(fault).focus();
    });
  };

  /** A double click is one wish, even where the first click's answer comes before the second. */
  #onClick = (event: TargetedEvent<HTMLButtonElement, MouseEvent>): void => {
    if (event.detail > 1) event.preventDefault();
  };

  /** Enter publishes from a field, and with Ctrl from the data: once for each time that it is pressed. */
  #onKey = (event: TargetedEvent<HTMLFormElement, KeyboardEvent>): void => {
    const { key, repeat, isComposing, keyCode, target } = event;
    if (key !== "Enter") return;
    const isNewline = target instanceof HTMLTextAreaElement &&
      !event.ctrlKey && !event.metaKey;
    if (isNewline) return;
    const isComposed = isComposing || keyCode === COMPOSING_KEY;
    if (repeat || isComposed) event.preventDefault();
    else if (target instanceof HTMLTextAreaElement) {
      event.preventDefault();
      event.currentTarget.requestSubmit();
    }
  };
}
