/** Ed25519, verifying alone (RFC 8032: strict, without the extensions of ZIP 215). */
import { verifyAsync } from "@noble/ed25519";

/** False whatever is wrong, also for a key that is none. */
export async function verify(publicKey, message, signature) {
  try {
    return await verifyAsync(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}
