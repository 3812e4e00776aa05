import { publicKeyFault, withoutComment } from "../../../../model/values/public-key";
import { generateOpenSshKeyPair } from "../../../../providers/ssh-key-pair/openssh-key";

const { publicKey, privateKey } = generateOpenSshKeyPair("x");
const [, blob = ""] = publicKey.split(" ");

test.each([publicKey, `${publicKey} anna@laptop`, `${publicKey} two words\n`])(
  "%j is a public key",
  (text) => {
    expect(publicKeyFault(text)).toBeUndefined();
    expect(withoutComment(text)).toBe(publicKey);
  },
);

test.each([
  [privateKey, /is a private key/],
  ["", /does not begin with a type/],
  [blob, /does not begin with a type/],
  [`ssh-dss ${blob}`, /does not begin with a type/],
  [`ssh-rsa ${blob}`, /cut off or mixed up/],
  [publicKey.slice(0, 30), /cut off or mixed up/],
  ["ssh-ed25519", /cut off or mixed up/],
  [`${publicKey}\n${publicKey}`, /more than one line/],
])("%j is refused", (text, reason) => {
  expect(publicKeyFault(text)).toMatch(reason);
});
