import { baseReferences } from "../../../../model/image/base-references";

test("the bases of a Dockerfile that a registry may have newer", () => {
  const dockerfile = [
    "# FROM comment:1",
    "ARG BASE=debian:12",
    "FROM --platform=linux/amd64 node:22 AS Build",
    "  from debian:trixie-slim as runtime",
    "FROM build",
    "FROM ${BASE}",
    "FROM scratch",
    `FROM debian@sha256:${"a".repeat(64)}`,
    "FROM node:22",
    "RUN echo FROM here:1",
  ].join("\n");
  expect(baseReferences(dockerfile)).toEqual(["node:22", "debian:trixie-slim"]);
});
