import { endpointsThatLeave } from "../../../rehearsal/loopback";

describe("the endpoints of a rehearsal", () => {
  it("are all on this computer", () => {
    const here = "http://127.0.0.1:40000";
    expect(endpointsThatLeave({ all: here })).toEqual([]);
    expect(endpointsThatLeave({ all: here, ec2: `${here}/` })).toEqual([]);
  });

  it.each([
    "https://ec2.ap-northeast-1.amazonaws.com",
    "http://127.0.0.1.example.com:40000",
    "http://127.0.0.1@example.com",
    "http://localhost:40000",
    "http://[::1]:40000",
    "http://10.0.0.1",
    "127.0.0.1:40000",
    "",
  ])("refuse %p", (address) => {
    const [problem] = endpointsThatLeave({ all: address });
    expect(problem).toContain(`The endpoint all: ${address} is not on this computer`);
  });

  it("refuse one service elsewhere, and services without an endpoint", () => {
    const here = "http://127.0.0.1:40000";
    expect(endpointsThatLeave({ all: here, kms: "https://kms.example" })).toEqual([
      expect.stringContaining("The endpoint kms:"),
    ]);
    expect(endpointsThatLeave({ ec2: here })).toEqual([
      expect.stringContaining("no endpoint for all services"),
    ]);
  });
});
