/** Choices closer together than this, in ms, make one entry in the history: arrow keys step through the options. */
const ONE_CHOICE_MS = 1_000;

/**
 * Keeps a choice in the page's address and history, together with other choices. The fragment stays as it is.
 *
 * @param name The name of the choice in the query.
 * @param initial The choice that the page was loaded with. The address may hold an alias of it, or nothing.
 * @param onReturn Called with the choice when the reader goes back or forward in the history.
 * @returns A function that stores a choice. `atMs` is its time, in ms.
 */
export function keepInAddress(
  name: string,
  initial: string,
  onReturn: (choice: string) => void,
): (choice: string, atMs: number) => void {
  let current = initial;
  const stamp = (
    how: "pushState" | "replaceState",
    choice: string,
    url?: string,
  ) => {
    current = choice;
    history[how]({ ...history.state, [name]: choice }, "", url);
  };
  stamp("replaceState", initial);
  addEventListener("popstate", ({ state }) => {
    // An edit of the fragment makes a new entry, without a state.
    if (state?.[name] === undefined) stamp("replaceState", current);
    else onReturn(current = state[name]);
  });

  let chosenMs = -ONE_CHOICE_MS;
  return (choice, atMs) => {
    const query = new URLSearchParams(location.search);
    query.set(name, choice);
    stamp(
      atMs - chosenMs < ONE_CHOICE_MS ? "replaceState" : "pushState",
      choice,
      `?${readable(query)}${location.hash}`,
    );
    chosenMs = atMs;
  };
}

/** Writes slashes and commas as they are, which a query may hold, and which are easier to read. */
function readable(query: URLSearchParams): string {
  return `${query}`.replaceAll("%2F", "/").replaceAll("%2C", ",");
}
