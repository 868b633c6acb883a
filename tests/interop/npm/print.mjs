/** Prints one line of JSON: `open`, `event` with `type`, `id` and `data`, `error` with `message`, or `end`. */
export function print(kind, fields = {}) {
  console.log(JSON.stringify({ kind, ...fields }));
}

export function printError(error) {
  print("error", { message: String(error?.message ?? error) });
}
