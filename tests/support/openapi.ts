import document from "../../docs/openapi.json" with { type: "json" };

/** What the document says of one answer. */
interface Answer {
  readonly content?: Readonly<Record<string, unknown>>;
}

/** A parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly in: "query" | "header" | "path";
  readonly required?: boolean;
}

/** One operation of the document, such as `GET /sse/`. */
export interface Operation {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** Each status with each of its media types, such as `200 application/json`; the status alone where there is no body. */
  readonly answers: readonly string[];
}

interface Item {
  readonly parameters?: readonly object[];
  readonly [method: string]: unknown;
}

const METHODS = ["get", "post", "put", "delete"];

/** All operations of `docs/openapi.json`. */
export const OPERATIONS: readonly Operation[] = Object.entries(
  document.paths as unknown as Record<string, Item>,
).flatMap(([path, item]) =>
  METHODS.filter((method) => method in item).map((method) => {
    const operation = item[method] as {
      parameters?: readonly object[];
      responses: Record<string, object>;
    };
    const parameters = [
      ...item.parameters ?? [],
      ...operation.parameters ?? [],
    ];
    return {
      name: `${method.toUpperCase()} ${path}`,
      parameters: parameters.map((one) => follow<Parameter>(one)),
      answers: Object.entries(operation.responses).flatMap(([status, one]) => {
        const { content } = follow<Answer>(one);
        return content
          ? Object.keys(content).map((type) => `${status} ${type}`)
          : [status];
      }),
    };
  })
);

/** Everything in the document that stands for something elsewhere in it. */
export function references(value: unknown = document): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === "$ref" ? [`${member}`] : references(member)
  );
}

/** What a reference stands for, or the object itself. */
export function follow<T>(object: object): T {
  if (!("$ref" in object)) return object as T;
  const names = `${object.$ref}`.split("/").slice(1);
  let found: unknown = document;
  for (const name of names) found = (found as Record<string, unknown>)[name];
  return found as T;
}
