/**
 * What can be planted into a simulated run, one at a time. Most are simpler rules that were thought of, and that lose
 * events in silence.
 */
export const DEFECTS = [
  // Epochs.
  "an epoch begins with a run of the server",
  "an epoch begins on connecting",
  "an epoch begins when a tail misses its id",
  "there are no epochs",
  "an instance knows ids by its own copy",
  "a ring serves ids of any epoch",
  "a tail goes on wherever it is",
  "a reading believes any end",
  "a reading is judged before it is read",
  // Floors.
  "a channel has no floor of its own",
  "a floor is where the held begins",
  "letting go raises no floor",
  "any channel lets go first",
  "one complete channel is enough",
  "a lost list is forgotten",
  "an append hides a lost list",
  "a pattern has no floors",
  "a new store proves every moment",
  // Tails.
  "a tail does not say what it skips",
  "a skip is not told to patterns",
  "a worker that lags is not told",
  // Time.
  "age goes by the id",
  "a time ahead counts as it is",
  // Keys.
  "a key is forgotten at once",
] as const;

/** A planted defect. */
export type Defect = typeof DEFECTS[number];
