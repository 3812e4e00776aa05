import type { StageValue, ValueContents, ValueDeclaration } from "./inventory";

/**
 * A part of the inventory in which each text, number, boolean and list of texts may be a
 * {@link StageValue}.
 */
export type WithValues<T> = T extends StageValue
  ? T
  : T extends (...inputs: never[]) => unknown
    ? T
    : T extends string
      ? T | StageValue<string>
      : T extends number
        ? T | StageValue<number>
        : T extends boolean
          ? T | StageValue<boolean>
          : T extends readonly (infer Item)[]
            ? | readonly WithValues<Item>[]
              | (Extract<Item, string> extends never ? never : StageValue<readonly string[]>)
            : T extends object
              ? { [Key in keyof T]: WithValues<T[Key]> }
              : T;

/**
 * The characters that begin and end the mark of a value in a text: from Unicode's private use area,
 * so that nobody types them.
 */
const [begin, end] = ["\uE001", "\uE002"];

/** The values that a site declares, by name; `type` is the type of each. */
export type StageValues<
  Declared extends Readonly<Record<string, { readonly type: keyof ValueContents }>>,
> = {
  readonly [Name in keyof Declared]: StageValue<ValueContents[Declared[Name]["type"]]>;
};

/** A declaration with a default of its own type. */
type AnyDeclaration = {
  [Type in keyof ValueContents]: ValueDeclaration<Type>;
}[keyof ValueContents];

/**
 * Declares the differences between stages, once for the site. A stage sets a value in
 * `Pulumi.<stage>.yaml`, under `hive:values`; other stages use the default. Pass the result to
 * `defineSite` as `values`, and use each value where it is needed:
 * `mode: { replicas: values.webReplicas }`, or in a text: `` `https://${values.domain}/` ``.
 */
export function stageValues<const Declared extends Readonly<Record<string, AnyDeclaration>>>(
  declared: Declared,
): StageValues<Declared> {
  return Object.fromEntries(
    Object.entries(declared).map(([name, declaration]) => [
      name,
      new Placeholder(name, declaration),
    ]),
  ) as unknown as StageValues<Declared>;
}

/** A placeholder for a value until the plan fills it in. */
class Placeholder implements StageValue {
  constructor(
    readonly name: string,
    readonly declaration: StageValue["declaration"],
  ) {}

  toString(): string {
    return `${begin}${this.name}${end}`;
  }

  toJSON(): string {
    return this.toString();
  }

  /**
   * Throws for a mistake in an untyped site: the computed result would be wrong on every stage.
   */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "number") {
      throw new TypeError(
        `the site cannot compute with the stage value ${this.name}, because the plan fills it in later. Declare the result as a value of its own`,
      );
    }
    return this.toString();
  }
}

/** Whether something is a placeholder for a value. */
export function isStageValue(thing: unknown): thing is StageValue {
  return thing instanceof Placeholder;
}

/** Whether a text has the mark of a value, or a part of one. */
export function hasValueMark(text: string): boolean {
  return text.includes(begin) || text.includes(end);
}

/** A text with each mark replaced, by the value's name. */
export function withoutMarks(text: string, fill: (name: string) => string): string {
  return text.replace(new RegExp(`${begin}([^${begin}${end}]*)${end}`, "gu"), (_, name: string) =>
    fill(name),
  );
}

/** A value in its form for texts. */
export function contentText(content: ValueContents[keyof ValueContents]): string {
  return typeof content === "object" ? content.join(",") : String(content);
}
