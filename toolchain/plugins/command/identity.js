// @ts-check
/**
 * Who this plugin says it is. The engine looks plugins up by the exact version of the npm package
 * `@pulumi/command`, so `version` has to be that one; everything that people read says that this
 * is a stand-in.
 */
module.exports = {
  /** Name of the package that is stood in for. */
  packageName: "command",
  /** Version of `@pulumi/command` whose semantics are implemented. */
  version: "1.2.1",
  /** One sentence for logs, the schema and `--version`. */
  statement:
    "hive's own stand-in for pulumi-resource-command 1.2.1 (Node, ssh2), not the official plugin",
};
