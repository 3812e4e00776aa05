// @ts-check
/**
 * The check of inputs: types, what is required, what is not known to the schema, and defaults.
 * A reason names the path and what is expected, never the value: a misspelt key in `connection`
 * must not put the private key on the screen.
 */
const types = require("./input-types");
const values = require("./property-values");

/** @typedef {{ property: string, reason: string }} Failure */

/** @type {Record<string, { expected: string, holds: (value: unknown) => boolean }>} */
const simple = {
  string: { expected: "a string", holds: (value) => typeof value === "string" },
  number: { expected: "a number", holds: (value) => typeof value === "number" },
  integer: { expected: "a whole number", holds: (value) => Number.isInteger(value) },
  boolean: { expected: "true or false", holds: (value) => typeof value === "boolean" },
  list: { expected: "a list", holds: Array.isArray },
  logging: {
    expected: `one of ${types.loggingValues.join(", ")}`,
    holds: (value) => types.loggingValues.includes(/** @type {string} */ (value)),
  },
};

/** @param {unknown} value @returns {string} its type, for a reason */
function typeName(value) {
  return Array.isArray(value)
    ? "a list"
    : values.isObject(value)
      ? "an object"
      : `a ${typeof value}`;
}

/**
 * @param {unknown} raw with its marks
 * @param {import("./input-types").InputType} type
 * @param {string} path
 * @returns {Failure[]}
 */
function checkValue(raw, type, path) {
  if (values.isUnknown(raw)) {
    return [];
  }
  const value = values.withoutMark(raw);
  /** @param {string} expected @returns {Failure[]} */
  const wrong = (expected) => [
    { property: path, reason: `must be ${expected}, but is ${typeName(value)}` },
  ];
  switch (type) {
    case "strings":
      return Array.isArray(value)
        ? value.flatMap((item, index) => checkValue(item, "string", `${path}[${index}]`))
        : wrong("a list of strings");
    case "stringMap":
      return values.isObject(value)
        ? Object.entries(value).flatMap(([key, item]) =>
            checkValue(item, "string", `${path}.${key}`),
          )
        : wrong("a map of strings");
    case "source":
      return checkSource(value, path);
    case "connection":
    case "proxy":
      return values.isObject(value)
        ? checkObject(value, types[type], `${path}.`)
        : wrong("an object with at least `host`");
    default: {
      const rule = /** @type {(typeof simple)[string]} */ (simple[type]);
      return rule.holds(value) ? [] : wrong(rule.expected);
    }
  }
}

/**
 * Which sources can be copied: as pulumi-command 1.2.1, a text, a local file, a local directory or
 * a local archive (which is copied as it is).
 *
 * @param {unknown} value
 * @param {string} path
 * @returns {Failure[]}
 */
function checkSource(value, path) {
  const given = (/** @type {string | undefined} */ text) => text !== undefined && text !== "";
  if (values.isAsset(value)) {
    return given(value.uri)
      ? [{ property: path, reason: "must be a FileAsset or a StringAsset, not a remote asset" }]
      : [];
  }
  if (values.isArchive(value)) {
    return given(value.path)
      ? []
      : [{ property: path, reason: "must be a FileArchive of a local file or directory" }];
  }
  return [{ property: path, reason: "must be an asset or an archive" }];
}

/**
 * @param {Record<string, unknown>} object
 * @param {import("./input-types").Inputs} inputs
 * @param {string} [prefix] of the paths; default none
 * @returns {Failure[]}
 */
function checkObject(object, inputs, prefix = "") {
  const failures = Object.entries(inputs).flatMap(([name, { type, required }]) => {
    const value = object[name];
    if (value === undefined || value === null) {
      return required === true ? [{ property: `${prefix}${name}`, reason: "is required" }] : [];
    }
    return checkValue(value, type, `${prefix}${name}`);
  });
  const strangers = Object.keys(object).filter((name) => !Object.hasOwn(inputs, name));
  return [
    ...failures,
    ...strangers.map((name) => ({
      property: `${prefix}${name}`,
      reason: `is not known here; known are ${Object.keys(inputs).join(", ")}`,
    })),
  ];
}

/**
 * @param {unknown} raw a connection or a proxy, with or without a mark
 * @returns {unknown} the same with defaults where nothing is said
 */
function withConnectionDefaults(raw) {
  if (values.isSecret(raw)) {
    return values.asSecret(withConnectionDefaults(raw.value));
  }
  if (!values.isObject(raw)) {
    return raw;
  }
  const filled = { ...types.connectionDefaults, ...withoutNulls(raw) };
  return "proxy" in filled ? { ...filled, proxy: withConnectionDefaults(filled.proxy) } : filled;
}

/** @param {Record<string, unknown>} object */
const withoutNulls = (object) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));

/**
 * @param {Record<string, unknown>} news the inputs as the program gave them
 * @param {import("./input-types").Inputs} inputs what the resource takes
 * @returns {{ inputs: Record<string, unknown>, failures: Failure[] }} the inputs with defaults and
 *   a connection that is a secret (as the schema demands); as given when there are failures
 */
function checkInputs(news, inputs) {
  const failures = checkObject(news, inputs);
  if (failures.length > 0) {
    return { inputs: news, failures };
  }
  const checked = withoutNulls(news);
  if ("connection" in checked) {
    checked.connection = values.asSecret(withConnectionDefaults(checked.connection));
  }
  return { inputs: checked, failures };
}

module.exports = { checkInputs };
