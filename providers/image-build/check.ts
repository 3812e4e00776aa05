import type * as pulumi from "@pulumi/pulumi";
import { isByDigest } from "../../model/image/reference";
import { checkFailure } from "../framework/check-failure";
import { isKnown } from "../framework/unknown-value";
import type { ImageBuildInputs } from "./image-build-state";

/** The problems with the inputs of an image, as messages. */
export function checkImageBuild(news: ImageBuildInputs): pulumi.dynamic.CheckFailure[] {
  const { repository, push, buildSecrets, pullFrom } = news;
  const failures: pulumi.dynamic.CheckFailure[] = [];
  if (isKnown(repository) && !/^[a-z0-9][a-z0-9._:/-]*[a-z0-9]$/.test(repository)) {
    failures.push(
      checkFailure(
        "repository",
        `"${repository}" is not an image name without tag; write e.g. registry.example:5000/name`,
      ),
    );
  } else if (isKnown([repository, push]) && push && !repository.includes("/")) {
    failures.push(
      checkFailure(
        "repository",
        `"${repository}" names no registry to push to; write e.g. registry.example:5000/${repository}`,
      ),
    );
  }
  // The name becomes a file name on the build host, and part of the docker command.
  const names = isKnown(buildSecrets) ? Object.keys(buildSecrets ?? {}) : [];
  for (const name of names.filter((each) => !/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(each))) {
    failures.push(
      checkFailure(
        "buildSecrets",
        `"${name}" is not a valid name of a secret; use letters, digits, "_", "." and "-"`,
      ),
    );
  }
  if (isKnown(pullFrom) && pullFrom !== undefined && pullFrom !== "" && !isByDigest(pullFrom)) {
    failures.push(
      checkFailure("pullFrom", `"${pullFrom}" is not by digest; write <registry>/<name>@sha256:…`),
    );
  }
  return failures;
}
