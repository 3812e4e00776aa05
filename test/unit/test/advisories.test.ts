import { readAdvisories } from "../../advisories";

const vulnerabilities = {
  mild: { severity: "moderate", range: "<1.0.0" },
  bad: { severity: "high", range: "2.0.0 - 2.3.1" },
  worse: { severity: "critical", range: "*" },
};

test.each([
  ["nothing is known", { vulnerabilities: {} }, { answered: true, weak: [] }],
  [
    "what is high or critical counts",
    { vulnerabilities },
    { answered: true, weak: ["bad 2.0.0 - 2.3.1: high", "worse *: critical"] },
  ],
  [
    "a registry that knows no advisories has said nothing",
    { message: "405 Method Not Allowed", method: "POST" },
    { answered: false, why: "405 Method Not Allowed" },
  ],
  ["another answer is none", {}, { answered: false, why: "npm audit told no vulnerabilities" }],
])("known weaknesses: %s", (_what, answer, result) => {
  expect(readAdvisories(JSON.stringify(answer))).toEqual(result);
});

test("known weaknesses: no answer at all is no good result", () => {
  expect(readAdvisories("")).toEqual({ answered: false, why: "npm audit printed no JSON" });
});
