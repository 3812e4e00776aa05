import * as pulumi from "@pulumi/pulumi";
import { secretNamed } from "../../components/site-secrets";

test("nothing goes on with an empty secret where the plan lacks one", () => {
  const path = "site/services/db.ts: initialize[0]";
  const value = pulumi.secret("known");
  expect(secretNamed("admin", path, new Map([["admin", value]]))).toBe(value);
  expect(() => secretNamed("lost", path, new Map())).toThrow(
    "site/services/db.ts: initialize[0] reads the secret lost, which the plan does not have",
  );
});
