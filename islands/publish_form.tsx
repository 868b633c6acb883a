import { Component, type TargetedEvent } from "preact";
import { type Outcome, publish } from "./publish.ts";

/** What is typed here is no prose, and nobody's name. */
const PLAIN = {
  autocomplete: "off",
  autocapitalize: "off",
  spellcheck: false,
} as const;

/** What the form is given. */
export interface PublishFormProps {
  /** What is subscribed to, and so proposed. */
  channels: readonly string[];
  disabled: boolean;
}

/**
 * Publishes to a channel. Its fields have no names: should anything ever submit it the plain way, the token would
 * not be among what is sent.
 */
export class PublishForm extends Component<PublishFormProps, Outcome> {
  override render() {
    const { channels, disabled } = this.props;
    const { text, fault } = this.state;
    const isTokenWrong = fault === "token";
    return (
      <form method="post" class="publish" onSubmit={this.#submit}>
        <h3>Publish</h3>
        <p>
          <label for="channel">To the channel</label>
          <input
            id="channel"
            key={channels.join()}
            defaultValue={channels[0]!}
            list="chosen"
            required
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
            aria-invalid={isTokenWrong}
            aria-describedby="token-fault"
            {...PLAIN}
          />
          <span id="token-fault" class="fault">{isTokenWrong && text}</span>
        </p>
        <p class="wide">
          <label for="data">Data</label>
          <textarea
            id="data"
            rows={3}
            defaultValue="Hello"
            onKeyDown={this.#sendOnEnter}
          />
        </p>
        <div class="wide send">
          <button type="submit" disabled={disabled}>Publish</button>
          <span class="remark">or Ctrl+Enter</span>
          <p role="status" class={fault && "fault"}>
            {!isTokenWrong && text}
          </p>
        </div>
      </form>
    );
  }

  #submit = async (
    event: TargetedEvent<HTMLFormElement, SubmitEvent>,
  ): Promise<void> => {
    event.preventDefault();
    const { elements } = event.currentTarget;
    const field = (id: string) => elements.namedItem(id) as HTMLInputElement;
    const value = (id: string) => field(id).value;
    const outcome = await publish({
      channel: value("channel"),
      type: value("type"),
      data: value("data"),
      token: value("token"),
    });
    this.setState(outcome, () => {
      if (outcome.fault === "token") field("token").focus();
    });
  };

  #sendOnEnter = (
    event: TargetedEvent<HTMLTextAreaElement, KeyboardEvent>,
  ): void => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.currentTarget.form!.requestSubmit();
  };
}
