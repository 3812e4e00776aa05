/** The types of stage values, by name. */
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
 * A value that may differ between stages: declared with `stageValues`, set under `hive:values` in
 * `Pulumi.<stage>.yaml`.
 */
export interface ValueDeclaration<Type extends keyof ValueContents = keyof ValueContents> {
  /** Its type: `"string"`, `"number"`, `"boolean"`, or `"list"` for a list of texts. */
  readonly type: Type;
  /**
   * Its purpose. `hive plan` shows it, and so does the error of a stage that does not set the
   * value.
   */
  readonly description: string;
  /**
   * The value on stages that do not set it.
   *
   * @default none: every stage has to set it
   */
  readonly default?: ValueContents[Type];
}

/**
 * A declared value, a placeholder for the stage's value. The site may use it for a text, a number,
 * a boolean or a list of texts, and in texts between back-ticks. The plan fills it in before it
 * checks anything, so the site's code cannot compute with it or branch on it.
 */
export interface StageValue<Content = ValueContents[keyof ValueContents]> {
  /** Its name under `hive:values`. */
  readonly name: string;
  /** Its declaration. */
  readonly declaration: Omit<ValueDeclaration, "default"> & { readonly default?: Content };
  /**
   * A mark for texts, which the plan replaces with the value; a list is joined with commas.
   */
  toString(): string;
}
