import type { ServicePlan } from "../plan";

/**
 * A variable that Compose fills in: `${DOMAIN}`, `${DOMAIN?not set}`, `${DOMAIN:-hive.example}`.
 */
const variable = /\$\{([A-Z_][A-Z0-9_]*)(?::?[-?+][^}]*)?\}/g;

/**
 * Reports Compose variables in services, which hive does not fill in; one sentence per service.
 * Commands are not searched, because a shell in the container fills in the same form. Only names
 * are reported, no values.
 */
export function variableNotices(services: readonly ServicePlan[]): readonly string[] {
  return services.flatMap((service) => {
    const places: readonly (readonly [string, readonly string[]])[] = [
      ["environment", Object.values(service.environment)],
      ["labels", Object.values(service.labels)],
      ["containerLabels", Object.values(service.containerLabels)],
      ["placement", service.placement.constraints],
    ];
    const found = places.flatMap(([place, texts]) => {
      const names = texts.flatMap((text) =>
        [...text.matchAll(variable)].map(([, name]) => name ?? ""),
      );
      return names.length === 0 ? [] : [{ place, names }];
    });
    if (found.length === 0) return [];
    const names = [...new Set(found.flatMap((each) => each.names))];
    const written = names.map((name) => `\${${name}}`).join(", ");
    return [
      `The service ${service.name} has ${written} in ${found.map(({ place }) => place).join(" and ")}: hive does not fill it in. ` +
        `Use TypeScript instead: \`…\${process.env["${names[0] ?? ""}"] ?? ""}…\` between back-ticks.`,
    ];
  });
}
