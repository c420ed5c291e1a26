export function blind(spki: Uint8Array, message: Uint8Array): Promise<{ blinded: Uint8Array; inverse: Uint8Array }>;
export function finalise(
  spki: Uint8Array,
  message: Uint8Array,
  blindSignature: Uint8Array,
  inverse: Uint8Array,
): Promise<Uint8Array>;
