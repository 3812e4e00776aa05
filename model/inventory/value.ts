/** What a value of a stage can be, by the word for it. */
export interface ValueContents {
  /** A text. */
  readonly string: string;
  /** A number. */
  readonly number: number;
  /** `true` or `false`. */
  readonly boolean: boolean;
  /** A list of texts. */
  readonly list: readonly string[];
}

/**
 * A value that each stage may give another content: declared with `stageValues`, set under
 * `hive:values` in `Pulumi.<stage>.yaml`.
 */
export interface ValueDeclaration<Type extends keyof ValueContents = keyof ValueContents> {
  /** What it is: `"string"`, `"number"`, `"boolean"`, or `"list"` for a list of texts. */
  readonly type: Type;
  /**
   * What it is for. `hive plan` shows it, and so does the problem of a stage that does not give it.
   */
  readonly description: string;
  /**
   * What it is on stages that do not give it.
   *
   * @default none: every stage has to give it
   */
  readonly default?: ValueContents[Type];
}

/**
 * A declared value: it stands for what the stage gives, wherever the site takes a text, a number,
 * true or false or a list of texts, and in texts between back-ticks. The plan fills it in before it
 * checks anything. So nothing can be computed from it or decided on it.
 */
export interface StageValue<Content = ValueContents[keyof ValueContents]> {
  /** Its name under `hive:values`. */
  readonly name: string;
  /** What was declared. */
  readonly declaration: Omit<ValueDeclaration, "default"> & { readonly default?: Content };
  /**
   * A mark for texts, in the place of which the plan writes the content; of a list with commas
   * between.
   */
  toString(): string;
}
