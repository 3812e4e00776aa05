import { requireFreeNetwork } from "../../../rehearsal/private-network";

const own = { name: "mine", cidrs: ["10.17.16.0/24"], rehearsal: "staging-000001" };
const others = [
  { name: "bridge", cidrs: ["172.17.0.0/16"] },
  { name: "six", cidrs: ["fd00::/64"] },
  { name: "beside", cidrs: ["10.17.17.0/24"], rehearsal: "production-000001" },
];

const start = (...networks: Parameters<typeof requireFreeNetwork>[2]) => {
  requireFreeNetwork("staging-000001", "10.17.16.0/24", networks);
};

test("a rehearsal goes on in its own network, beside networks of others", () => {
  expect(() => start(own, ...others)).not.toThrow();
});

test("the same stage in another copy of the project is refused before anything starts", () => {
  expect(() => start(...others, { ...own, name: "other", rehearsal: "staging-000002" })).toThrow(
    /^hive:cidr 10\.17\.16\.0\/24: the Docker network other \(10\.17\.16\.0\/24\) .* nothing was started\. .* of the rehearsal staging-000002, .*hive rehearse --clean/,
  );
});

test("so is a network of something else, that contains the stage's", () => {
  expect(() => start({ name: "office", cidrs: ["fd01::/64", "10.17.0.0/16"] })).toThrow(
    /office \(10\.17\.0\.0\/16\).*docker network rm office/,
  );
});
