"""The emulated cloud of a rehearsal: moto, with its gaps mended where hive's fleet meets them."""
