/**
 * Seals and opens (RFC 9180, suite 1: MLKEM768-X25519, HKDF-SHA256, AES-256-GCM), and lends its SHA-256.
 * Single shot, no aad: what is sealed is `enc ‖ ciphertext`.
 */
import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { sha256 } from "@hpke/common";
import { XWing } from "@hpke/hybridkem-x-wing";

const ENC = 1120;
const suite = new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

export { sha256 };

export async function seal(publicKey, info, plain) {
  const recipientPublicKey = await suite.kem.deserializePublicKey(publicKey);
  const sender = await suite.createSenderContext({ recipientPublicKey, info });
  const ct = new Uint8Array(await sender.seal(plain));
  const sealed = new Uint8Array(ENC + ct.length);
  sealed.set(new Uint8Array(sender.enc));
  sealed.set(ct, ENC);
  return sealed;
}

export async function open(seed, info, sealed) {
  const recipientKey = await suite.kem.deserializePrivateKey(seed);
  const enc = sealed.slice(0, ENC);
  return new Uint8Array(await suite.open({ recipientKey, enc, info }, sealed.slice(ENC)));
}

/** The public key of a 32-byte seed. */
export async function publicOf(seed) {
  const pair = await suite.kem.generateKeyPairDerand(seed);
  return new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey));
}
