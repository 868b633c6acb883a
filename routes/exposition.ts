/** A metric: one kind of number. */
export interface Metric {
  readonly name: string;
  /** What it counts or measures, in a sentence. */
  readonly help: string;
  readonly type: "counter" | "gauge";
  /** The numbers, each with the labels that tell it from the others. */
  readonly samples: readonly Sample[];
}

export type Sample = readonly [
  labels: Readonly<Record<string, string>>,
  value: number,
];

/** The `Content-Type` of an {@linkcode exposition}. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Writes metrics in the text format of Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function exposition(metrics: readonly Metric[]): string {
  return metrics.map(({ name, help, type, samples }) =>
    [
      `# HELP ${name} ${escape(help)}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(([labels, value]) => `${name}${braced(labels)} ${value}`),
      "",
    ].join("\n")
  ).join("");
}

function braced(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) =>
    `${name}="${escape(value).replaceAll('"', '\\"')}"`
  );
  return pairs.length > 0 ? `{${pairs.join()}}` : "";
}

function escape(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
