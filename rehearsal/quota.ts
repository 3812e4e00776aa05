import type { Credentials } from "./folder";
import { RehearsalError } from "./rehearsal-error";

/** A quota of the rehearsed account, and what it shall be. */
export interface QuotaRequest {
  /** Code of the service, `ec2`. */
  readonly service: string;
  /** Code of the quota, `L-0263D0A3` (Elastic IPs). */
  readonly code: string;
  readonly value: number;
}

const form = /^(?<service>[a-z0-9-]+)\/(?<code>L-[0-9A-F]{8})=(?<value>[1-9]\d{0,5})$/;

/** Limit for the emulated cloud's answer, milliseconds. */
const answerMs = 30_000;

/**
 * Reads `ec2/L-0263D0A3=8`: service, code of the quota, and the value it shall have. Pure.
 *
 * @returns undefined when it has another form
 */
export function parseQuota(text: string): QuotaRequest | undefined {
  const { service, code, value } = form.exec(text)?.groups ?? {};
  return service === undefined || code === undefined
    ? undefined
    : { service, code, value: Number(value) };
}

/**
 * Raises a quota of the rehearsed account, which grants it at once. AWS asks people, and takes up
 * to days. The API is that of the Service Quotas:
 * https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_RequestServiceQuotaIncrease.html
 *
 * @throws RehearsalError with the emulated cloud's words when there is no such quota, or it is as
 *   high already
 */
export async function raiseQuota(
  {
    endpoint,
    region,
    accessKeyId,
  }: Credentials & { readonly endpoint: string; readonly region: string },
  { service, code, value }: QuotaRequest,
): Promise<void> {
  const answer = await fetch(`${endpoint}/`, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.1",
      "X-Amz-Target": "ServiceQuotasV20190624.RequestServiceQuotaIncrease",
      // The emulated cloud reads service and region from it, and checks no signature.
      Authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20200101/${region}/servicequotas/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify({ ServiceCode: service, QuotaCode: code, DesiredValue: value }),
    signal: AbortSignal.timeout(answerMs),
  });
  if (answer.ok) return;
  // The key is `Message` where the service's model names the text, and `message` in general errors:
  // https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_IllegalArgumentException.html
  const said = (await answer.json()) as { Message?: string; message?: string; __type?: string };
  const reason = said.Message ?? said.message ?? said.__type ?? `status ${answer.status}`;
  throw new RehearsalError(`The quota ${code} of ${service} was not raised: ${reason}`);
}
