// Has @sigstore/verify judge an entry of a log, as part of a bundle of what was signed. Input: {entry, artifact, url, key} in JSON; output: "accepted", or why not.
import { createHash, createPublicKey } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { bundleFromJSON } from '@sigstore/bundle';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';

const given = JSON.parse(await text(process.stdin));
const artifact = Buffer.from(given.artifact, 'base64');
const der = (pem) => createPublicKey(pem).export({ format: 'der', type: 'spki' });
const sha256 = (bytes) => createHash('sha256').update(bytes).digest();
try {
  const { signature } = JSON.parse(Buffer.from(given.entry.canonicalizedBody, 'base64')).spec;
  const bundle = bundleFromJSON({
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint: 'signer' }, tlogEntries: [given.entry] },
    messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest: sha256(artifact).toString('base64') }, signature: signature.content },
  });
  const log = der(given.key);
  const tlog = {
    baseUrl: given.url, hashAlgorithm: 'SHA2_256', logId: { keyId: sha256(log) },
    publicKey: { rawBytes: log, keyDetails: 'PKIX_ECDSA_P256_SHA_256' },
  };
  const signer = { rawBytes: der(Buffer.from(signature.publicKey.content, 'base64').toString()) };
  const trust = toTrustMaterial({ tlogs: [tlog], ctlogs: [], certificateAuthorities: [], timestampAuthorities: [] }, (hint) => ({
    publicKey: createPublicKey({ key: signer.rawBytes, format: 'der', type: 'spki' }), validFor: () => hint === 'signer',
  }));
  new Verifier(trust).verify(toSignedEntity(bundle, artifact));
  console.log('accepted');
} catch (failure) {
  console.log(`${failure.code ?? failure.name}: ${failure.message}`);
}
