/**
 * Marks a test as the proof that attributes of a service take effect where its tasks run:
 * `proves("stopSignal")("a signal ends it", …)`. What is marked is held against the inventory's
 * schema by `test/unit/model/attribute-proofs.test.ts`, which reads the marks where they stand: an
 * attribute without a proof fails there, as does a mark of something that is no attribute.
 *
 * @param attributes paths as in the inventory, e.g. `update.delay`; where an attribute has one of a
 *   few values, with the value: `ports.protocol=sctp`
 * @returns the function `test`
 */
export function proves(...attributes: readonly [string, ...string[]]): jest.It {
  void attributes;
  return test;
}
