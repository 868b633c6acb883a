import type { Option } from "./option.ts";
import { type Environment, findTexts } from "./read_settings.ts";

/** Shows each setting that has a value, without secrets, by the option's name. */
export function showSettings(
  options: readonly Option[],
  flags: ReadonlyMap<string, readonly string[]>,
  env: Environment,
): Record<string, string> {
  return Object.fromEntries(
    options.flatMap((option) => {
      const { texts } = findTexts(option, flags, env);
      // The last one counts, unless all of them do.
      const counting = option.isRepeatable ? texts : texts.slice(-1);
      const shown = counting.map((text) => show(option, text)).join(",");
      return counting.length > 0 ? [[option.name, shown]] : [];
    }),
  );
}

function show({ show }: Option, text: string): string {
  return show ? show(text) ?? "set" : text;
}
