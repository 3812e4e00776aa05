import { utils } from "ssh2";

/**
 * A fresh ed25519 key pair in OpenSSH's formats, encrypted if a passphrase is given. ssh2 1.17.0 drops
 * leading zero bytes of a public key (`lib/keygen.js`), so that one pair in 256 is not readable: such a
 * pair is thrown away.
 */
export function keyPair(passphrase?: string): { private: string; public: string } {
  for (;;) {
    const pair =
      passphrase === undefined
        ? utils.generateKeyPairSync("ed25519")
        : utils.generateKeyPairSync("ed25519", { passphrase, cipher: "aes256-ctr", rounds: 4 });
    if (!(utils.parseKey(pair.private, passphrase) instanceof Error)) {
      return { private: pair.private, public: pair.public.trim() };
    }
  }
}
