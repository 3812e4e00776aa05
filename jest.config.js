/** One Jest project per level of test, so that each can be run alone (`npm run test:unit` …). */
const base = {
  testEnvironment: "node",
  transform: { "^.+\\.ts$": ["ts-jest", { tsconfig: "tsconfig.json" }] },
  setupFilesAfterEnv: ["<rootDir>/test/deadline.js"],
  modulePathIgnorePatterns: ["<rootDir>/.hive"],
};
const level = (displayName) => ({
  ...base,
  displayName,
  testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
});
module.exports = {
  testSequencer: "<rootDir>/test/longest-first.js",
  projects: ["unit", "components", "contract", "integration", "e2e", "long"].map(level),
};
