import js from "@eslint/js";
import jsdoc from "eslint-plugin-jsdoc";
import tseslint from "typescript-eslint";

/** Rooms that a layer must not import; the table is in docs/architecture.md. */
const mayNotImport = (...rooms) => ({
  "no-restricted-imports": [
    "error",
    {
      patterns: rooms.map((room) => ({
        group: room.startsWith("@") ? [room] : [`**/${room}/**`, `**/${room}`],
        message: "This room may not import that one: see the table in docs/architecture.md.",
      })),
    },
  ],
});

/** What differs from fleet to fleet is a trait: nobody outside of `fleet/` asks for the kind. */
const asksForFleet = [
  "BinaryExpression > MemberExpression[property.name='fleet']",
  "BinaryExpression > Identifier[name='fleet']",
  "SwitchStatement > MemberExpression[property.name='fleet']",
].map((selector) => ({
  selector: selector.replace("BinaryExpression", "BinaryExpression:has(> Literal)"),
  message: "Ask a trait of the fleet (fleet/traits.ts), not which kind it is.",
}));

export default tseslint.config(
  {
    ignores: [
      "node_modules",
      ".hive",
      "coverage",
      "test-output",
      "toolchain/modules",
      "outputs/dist",
      "**/__snapshots__",
    ],
  },
  js.configs.recommended,
  {
    // The formatter wraps code, and leaves comments as they are.
    rules: {
      "max-len": ["error", { code: 10_000, comments: 100, ignoreUrls: true }],
    },
  },
  {
    files: ["**/*.{js,mjs,cjs}"],
    languageOptions: {
      ecmaVersion: 2023,
      globals: {
        AbortController: "readonly",
        AbortSignal: "readonly",
        Buffer: "readonly",
        URL: "readonly",
        __dirname: "readonly",
        __filename: "readonly",
        clearInterval: "readonly",
        clearTimeout: "readonly",
        console: "readonly",
        fetch: "readonly",
        jest: "readonly",
        module: "writable",
        process: "readonly",
        require: "readonly",
        setImmediate: "readonly",
        setInterval: "readonly",
        setTimeout: "readonly",
        structuredClone: "readonly",
      },
    },
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    plugins: { jsdoc },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      // Catches `if (input)` where an Output, which is always true, was meant to be a plain value.
      "@typescript-eslint/strict-boolean-expressions": [
        "error",
        {
          allowString: false,
          allowNumber: false,
          allowNullableObject: true,
          allowNullableBoolean: true,
        },
      ],
      // A value of the stage leaves a mark in a text, which the plan fills in.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        {
          allowNumber: true,
          allowBoolean: true,
          allowAny: true,
          allowNullish: true,
          allowRegExp: true,
          allow: [
            { from: "lib", name: ["Error", "URL", "URLSearchParams"] },
            { from: "file", name: "StageValue" },
          ],
        },
      ],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      // A dynamic provider may load npm packages only inside its methods: top-level imports do not
      // serialize.
      "@typescript-eslint/no-require-imports": "off",
      "jsdoc/require-jsdoc": [
        "error",
        {
          publicOnly: true,
          require: { FunctionDeclaration: true, ClassDeclaration: true },
          // `XArgs` are the arguments of `X`: only their properties have something to say.
          contexts: ["TSInterfaceDeclaration:not([id.name=/Args$/])", "TSTypeAliasDeclaration"],
        },
      ],
    },
  },
  {
    files: ["index.ts", "model/**/*.ts", "render/**/*.ts", "components/**/*.ts", "cli/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", ...asksForFleet] },
  },
  {
    files: ["model/**/*.ts"],
    // Of fleets the plan knows what is data: traits and schemas of options.
    rules: mayNotImport(
      ...[
        "@pulumi/*",
        "render",
        "components",
        "providers",
        "cli",
        "site",
        "fleet/recovery",
        "fleet/recoveries",
      ],
      ...["fleet/fleet", "fleet/drivers", "fleet/*/!(options)"],
    ),
  },
  {
    files: ["fleet/**/*.ts"],
    rules: mayNotImport("components", "cli", "site"),
  },
  {
    files: ["render/**/*.ts"],
    rules: mayNotImport("@pulumi/*", "components", "fleet", "providers", "cli", "site"),
  },
  {
    files: ["providers/**/*.ts"],
    rules: mayNotImport("components", "fleet", "cli", "site", "render", "zod"),
  },
  {
    files: ["providers/**/*.ts", "fleet/*/*/*.ts"],
    ignores: ["providers/framework/check-failure.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "ObjectExpression > Property[key.name='property']",
          message:
            "The engine prints the whole value of a property that a check failure names: use checkFailure().",
        },
      ],
    },
  },
  {
    files: ["providers/*/*provider.ts", "fleet/*/*/*provider.ts"],
    // A dynamic provider's methods are asynchronous by contract: what they throw must be a
    // rejection.
    rules: { "@typescript-eslint/require-await": "off" },
  },
  {
    files: ["components/**/*.ts"],
    rules: mayNotImport("cli", "site", "fleet/container", "fleet/prepared", "fleet/aws"),
  },
  // What declares resources loads Pulumi, which the command starts without.
  {
    files: ["cli/**/*.ts"],
    rules: mayNotImport(
      "components",
      "fleet/drivers",
      "fleet/fleet",
      "fleet/container",
      "fleet/prepared",
      "fleet/aws",
    ),
  },
  {
    files: ["outputs/**/*.ts"],
    rules: mayNotImport(...["model", "render", "fleet", "components", "providers", "cli", "site"]),
  },
  {
    files: ["policy/**/*.ts"],
    rules: mayNotImport(...["model", "render", "fleet", "components", "providers", "cli", "site"]),
  },
  // Programs of others have their own packages; the end-to-end test checks their types with these.
  { files: ["examples/**/*.ts"], ...tseslint.configs.disableTypeChecked },
  {
    files: ["examples/**/*.ts"],
    rules: { "@typescript-eslint/strict-boolean-expressions": "off" },
  },
  {
    files: ["rehearsal/**/*.ts"],
    rules: mayNotImport(
      ...["@pulumi/*", "components", "render", "cli", "site"],
      ...["fleet/fleet", "fleet/drivers", "fleet/prepared", "fleet/container/!(server-image)"],
    ),
  },
  {
    files: ["site/**/*.ts"],
    rules: mayNotImport("@pulumi/*", "render", "components", "fleet", "providers", "cli"),
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      "jsdoc/require-jsdoc": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
    },
  },
);
