import fc from "fast-check";
import { faultsOf, image, problemsOf } from "../problems-of";

const faults = (service: Record<string, unknown>): readonly string[] =>
  faultsOf({ services: { web: { image, ...service } } }).map((fault) =>
    fault.replace("site/services/web.ts: services.web.", ""),
  );

describe("lengths of time", () => {
  test.each(["1ms", "0.6ms", "30s", "1h", "2000000h"])(
    "of %s can be counted by the engine",
    (interval) => {
      expect(faults({ healthcheck: { command: ["true"], interval } })).toEqual([]);
    },
  );

  test.each([
    ["0s", "is not a length of time above zero"],
    ["0.4ms", "is not a length of time above zero"],
    ["3000000h", "is longer than 292 years, Docker Engine's limit"],
  ])("of %s are refused", (interval, message) => {
    for (const key of ["interval", "timeout"]) {
      expect(faults({ healthcheck: { command: ["true"], [key]: interval } })).toEqual([
        `healthcheck.${key}: ${message}`,
      ]);
    }
    expect(faults({ restart: { window: interval } })).toEqual([`restart.window: ${message}`]);
  });

  test("below zero are none", () => {
    expect(
      faults({ restart: { delay: "-1s" }, update: { delay: "-1s", monitor: "-1s" } }),
    ).toHaveLength(3);
    expect(faults({ restart: { delay: "0s" }, update: { delay: "0s" } })).toEqual([]);
  });
});

test("a ratio of failures is 0 to 1, a number of replicas not below zero", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -10, max: 10 }), (maxFailureRatio) => {
      const fits = maxFailureRatio >= 0 && maxFailureRatio <= 1;
      expect(faults({ update: { maxFailureRatio } }).length).toBe(fits ? 0 : 1);
    }),
  );
  expect(faults({ mode: { replicas: -1 } })).toHaveLength(1);
});

describe("a stop signal", () => {
  test.each([
    "SIGTERM",
    "SIGQUIT",
    "SIGWINCH",
    "SIGRTMIN",
    "SIGRTMIN+3",
    "SIGRTMIN+15",
    "SIGRTMAX-14",
  ])("is %s", (stopSignal) => {
    expect(faults({ stopSignal })).toEqual([]);
  });

  test.each(["SIGFOO", "SIGTERM+1", "SIGRTMIN+16", "SIGRTMIN-1", "SIGRTMAX-15", "SIGRTMAX+1"])(
    "is not %s",
    (stopSignal) => {
      expect(faults({ stopSignal })).toEqual(["stopSignal: is not a signal that Docker knows"]);
    },
  );
});

describe("a log driver", () => {
  test.each<Record<string, unknown>>([
    { driver: "journald", options: { tag: "{{.Name}}" } },
    {
      driver: "json-file",
      options: {
        "max-size": "10m",
        "max-file": "3",
        mode: "non-blocking",
        "max-buffer-size": "4m",
      },
    },
    {
      driver: "syslog",
      options: { "syslog-address": "udp://192.0.2.1:514", "cache-disabled": "true" },
    },
    // Plugins have names and options of their own.
    { driver: "loki", options: { "loki-url": "http://192.0.2.1:3100" } },
    { driver: "grafana/loki-docker-driver:3.3.2" },
    { driver: "none" },
  ])("is %j", (logging) => {
    expect(faults({ logging })).toEqual([]);
  });

  test("that looks like a mistyped one is asked about", () => {
    expect(faults({ logging: { driver: "jornald" } })).toEqual([
      "logging.driver: is not a log driver of Docker Engine",
    ]);
    expect(
      problemsOf({ services: { web: { image, logging: { driver: "jornald" } } } })[0],
    ).toContain('did you mean "journald"?');
  });

  test("of the engine has options of its own only", () => {
    expect(
      faults({
        logging: {
          driver: "local",
          options: { "max-sice": "1m", tag: "x", "max-buffer-size": "1m" },
        },
      }),
    ).toEqual([
      "logging.options.max-sice: is not an option of the log driver local",
      "logging.options.tag: is not an option of the log driver local",
      "logging.options.max-buffer-size: is possible only if the driver does not block",
    ]);
  });
});
