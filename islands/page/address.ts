/** Choices closer together than this are one, for the browser's history: arrow keys step through a list's options. */
const ONE_CHOICE_MS = 1_000;

/**
 * Keeps a choice in the page's address and history, beside what others keep there. The fragment stays: it may hold the
 * token, which no server may see.
 *
 * @param name The choice's name in the query.
 * @param initial What the page was loaded with. The address alone would not do: it may hold an alias, or nothing.
 * @param onReturn Told of the choice that the browser's history goes back, or forward, to.
 * @returns A function that takes note of a choice, made at that time in ms.
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
    // Whoever edits the fragment by hand makes an entry of which nothing is known yet.
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

/** A query may hold slashes and commas, and is easier to read with them. */
function readable(query: URLSearchParams): string {
  return `${query}`.replaceAll("%2F", "/").replaceAll("%2C", ",");
}
