// Makes jwe.json and jws.json: golden vectors for encrypted messages and for JSON Web Signatures, by an
// implementation that shares nothing with the project (the npm packages jose and canonicalize, pinned in
// package.json, and Node's crypto).
//   npm i && node make.mjs
// Keys and texts are synthetic and drawn anew each time; the content of a vector is stable.
import { writeFileSync } from 'node:fs';
import { createCipheriv, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import * as jose from 'jose';

const enc = 'A256GCM', utf8 = new TextEncoder(), b64 = (bytes) => Buffer.from(bytes).toString('base64url');
const pair = async (alg, kid, options = {}) => {
  const made = await jose.generateKeyPair(alg, { extractable: true, ...options });
  const jwk = { ...(await jose.exportJWK(made.privateKey)), kid, alg, use: alg === 'EdDSA' ? 'sig' : 'enc' };
  return { alg, kid, jwk, public: made.publicKey, private: made.privateKey };
};
const keys = [
  await pair('ECDH-ES+A256KW', 'enc-p256', { crv: 'P-256' }),
  await pair('ECDH-ES+A256KW', 'enc-p384', { crv: 'P-384' }),
  await pair('RSA-OAEP-256', 'enc-rsa', { modulusLength: 2048 }),
  await pair('RSA-OAEP-256', 'enc-rsa-4096', { modulusLength: 4096 }),
];
const messages = [
  ['a search', '{"transaction_id":"t-1","search_request":[{"reference_id":"r-1","timestamp":"2026-01-02T03:04:05Z","search_criteria":{"query_type":"idtype-value","query":{"type":"UIN","value":"847951632"}}}]}'],
  ['an empty object', '{}'],
  ['letters beyond ASCII', '{"note":"Siobhán Ní Dhómhnaill, សុខា, محمد, 李四, \u{1F33E}"}'],
  ['a long message', JSON.stringify({ note: 'x'.repeat(5000) })],
];

// The header stands beside the ciphertext and nothing is protected (RFC 7516, 7.2.2): as the library has it.
async function nothing(key, text) {
  const made = await new jose.FlattenedEncrypt(utf8.encode(text)).setUnprotectedHeader({ alg: key.alg, enc, kid: key.kid }).encrypt(key.public);
  if (made.protected === undefined) return made;
  // ECDH-ES: the library protects its ephemeral key. It goes to the header, and the content is sealed anew
  // under a content key that the library has wrapped.
  return sealed(await wrapped(key), text, '');
}
// The header is protected: as the library has it, with the published header beside it.
async function protectedForm(key, text) {
  const made = await new jose.FlattenedEncrypt(utf8.encode(text)).setProtectedHeader({ alg: key.alg, enc, kid: key.kid }).encrypt(key.public);
  return { header: { alg: key.alg, enc, kid: key.kid }, ...made };
}
// The tag covers the base64url of the canonical header, which is not sent as protected.
async function header(key, text) {
  const one = await wrapped(key);
  return sealed(one, text, b64(utf8.encode(canonicalize(one.header))));
}
// wrapped lets the library encrypt a content key that is known here.
async function wrapped(key) {
  const cek = randomBytes(32);
  const made = await new jose.FlattenedEncrypt(utf8.encode('{}')).setContentEncryptionKey(cek)
    .setProtectedHeader({ alg: key.alg, enc, kid: key.kid }).encrypt(key.public);
  return { cek, header: jose.decodeProtectedHeader(made), encrypted_key: made.encrypted_key };
}
function sealed({ cek, header, encrypted_key }, text, authenticated) {
  const iv = randomBytes(12), cipher = createCipheriv('aes-256-gcm', cek, iv);
  cipher.setAAD(Buffer.from(authenticated, 'ascii'));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return { header, encrypted_key, iv: b64(iv), ciphertext: b64(ciphertext), tag: b64(cipher.getAuthTag()) };
}

const vectors = [];
for (const key of keys) {
  for (const [name, message] of key === keys[0] ? messages : messages.slice(0, 3)) {
    for (const [form, make] of [['header', header], ['protected', protectedForm], ['nothing', nothing]]) {
      vectors.push({ name: `${name}, ${key.kid}, ${form}`, kid: key.kid, authenticated: form, message, encrypted: await make(key, message) });
    }
  }
}
writeFileSync('jwe.json', JSON.stringify({ keys: keys.map((k) => k.jwk), vectors }, null, 1) + '\n');

const signer = await pair('EdDSA', 'key-1', { crv: 'Ed25519' });
const signed = { header: { message_id: 'm-1', message_ts: '2026-01-02T03:04:05Z', action: 'search', sender_id: 'spmis.example.org', total_count: 1 }, message: JSON.parse(messages[0][1]) };
const payload = utf8.encode(canonicalize(signed));
const compact = await new jose.CompactSign(payload).setProtectedHeader({ alg: 'EdDSA', kid: 'key-1' }).sign(signer.private);
const [head, , tail] = compact.split('.');
writeFileSync('jws.json', JSON.stringify({ key: signer.jwk, signed, vectors: [
  { name: 'compact, the payload in it', signature: compact },
  { name: 'compact, detached (RFC 7515, appendix F)', signature: `${head}..${tail}` },
] }, null, 1) + '\n');
