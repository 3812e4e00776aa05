/**
 * `import()` that stays one: the compiler would turn it into `require`, which cannot load the
 * toolchain's modules.
 *
 * @param {string} url file URL of an ECMAScript module
 * @returns {Promise<unknown>} what it exports
 */
module.exports.loadModule = (url) => import(url);
