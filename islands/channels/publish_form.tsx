import { Component, type TargetedEvent } from "preact";
import { isPattern } from "../../events/pattern.ts";
import { channelOf } from "./channel_names.ts";
import { LocalTime } from "./local_time.tsx";
import { type Outcome, publish } from "./publish.ts";
import { UNTRANSLATED } from "../page/untranslated.ts";

/** Attributes of fields that hold no prose. Autocomplete stays on: without it, a browser would not keep the text for Back. */
const PLAIN = {
  autocapitalize: "off",
  spellcheck: false,
  dir: "auto",
} as const;

/** The `keyCode` of keys that belong to an input method. In Safari, the Enter that ends a composition has only this sign. */
const COMPOSING_KEY = 229;

/** Props of {@linkcode PublishForm}. */
export interface PublishFormProps {
  /** The channels shown, which the form suggests. */
  channels: readonly string[];
  disabled: boolean;
}

/** State of {@linkcode PublishForm}. */
interface PublishFormState {
  isUnderWay: boolean;
  outcome?: Outcome | undefined;
  /** The time of the outcome, in ms since the epoch. */
  atMs: number;
}

/**
 * The form that publishes, one event at a time. Its fields have no names, so that a submit without the script does not
 * send the token.
 */
export class PublishForm extends Component<PublishFormProps, PublishFormState> {
  override state: PublishFormState = { isUnderWay: false, atMs: 0 };
  /** Set at once, unlike the state, which changes too late for a second click. */
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
            // With other channels the suggestion changes, unless the reader typed something.
            defaultValue={channelOf(channels)}
            list="chosen"
            required
            aria-invalid={fault === "channel"}
            aria-describedby="outcome"
            // The browser refuses an empty field by itself: an older outcome would look like the answer.
            onInvalid={this.#clear}
            {...PLAIN}
          />
          <datalist id="chosen">
            {channels.filter((name) => !isPattern(name))
              .map((name) => <option key={name} value={name} />)}
          </datalist>
        </p>
        <p>
          <label for="type">Type (optional)</label>
          <input
            id="type"
            aria-invalid={fault === "type"}
            aria-describedby="outcome"
            {...PLAIN}
          />
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
            {fault === "token" && `${outcome!.text}.`}
          </span>
        </p>
        <p class="wide">
          <label for="data">Data</label>
          <textarea
            id="data"
            rows={3}
            defaultValue="Hello"
            aria-invalid={fault === "data"}
            aria-describedby="outcome"
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
      if (fault && fault !== "other") field(fault).focus();
    });
  };

  #clear = (): void => this.setState({ outcome: undefined });

  /** A double click publishes once, even if the answer comes between the two clicks. */
  #onClick = (event: TargetedEvent<HTMLButtonElement, MouseEvent>): void => {
    if (event.detail > 1) event.preventDefault();
  };

  /** Enter publishes from a field of one line, Ctrl+Enter from every field and in every browser: once for each press. */
  #onKey = (event: TargetedEvent<HTMLFormElement, KeyboardEvent>): void => {
    const { key, repeat, isComposing, keyCode, target } = event;
    if (key !== "Enter") return;
    const isChord = event.ctrlKey || event.metaKey;
    const isNewline = target instanceof HTMLTextAreaElement && !isChord;
    if (isNewline) return;
    const isComposed = isComposing || keyCode === COMPOSING_KEY;
    if (repeat || isComposed) event.preventDefault();
    else if (isChord) {
      event.preventDefault();
      event.currentTarget.requestSubmit();
    }
  };
}
