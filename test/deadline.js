/**
 * Deadline of a test that sets none: generous, because a busy computer is no reason to fail; what
 * hangs still ends.
 */
jest.setTimeout(60_000);
