/**
 * `import()` that stays one: the compiler would turn it into `require`, which cannot load the
 * toolchain's modules.
 *
 * @param url file URL of an ECMAScript module
 * @returns what it exports
 */
export function loadModule(url: string): Promise<unknown>;
