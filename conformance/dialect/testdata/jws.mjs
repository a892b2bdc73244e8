// Makes jws.json: golden vectors for the JWS forms of dialects, by the npm package jose 5, which shares
// nothing with the project.
//   npm i jose@5 && node jws.mjs > jws.json
// The payloads are written out and not made canonical here: their members are in the order of RFC 8785.
import { CompactSign, FlattenedSign, SignJWT, importJWK } from 'jose';
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';

const seed = createHash('sha256').update('spconform golden vector key 1').digest();
const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
const jwk = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
const key = await importJWK({ ...jwk, alg: 'EdDSA' });
const created = 1767323045, expires = 1767323345;

const header = '{"action":"search","message_id":"m-1","message_ts":"2026-01-02T03:04:05Z","sender_id":"spmis.example.org","version":"1.0.0"}';
const cases = [
  ['plain', header, '{"search_request":[],"transaction_id":"t-1"}'],
  ['names beyond ASCII', header, '{"note":"Siobhán, សុខា, محمد, 李四","transaction_id":"t-2"}'],
  ['characters that some escape', header, '{"note":"<a href=\\"x\\">&amp;</a> \u2028 🌾","transaction_id":"t-3"}'],
];
const claims = { alg: 'EdDSA', typ: 'JWT', kid: 'key-1', iat: created, exp: expires };
const vectors = [];
for (const [name, head, message] of cases) {
  const payload = `{"header":${head},"message":${message}}`;
  const bytes = new TextEncoder().encode(payload);
  const compact = await new CompactSign(bytes).setProtectedHeader(claims).sign(key);
  const flattened = await new FlattenedSign(bytes).setProtectedHeader(claims).sign(key);
  const digest = 'SHA-256=' + createHash('sha256').update(payload, 'utf8').digest('base64');
  const jwt = await new SignJWT({ digest }).setProtectedHeader({ alg: 'EdDSA', typ: 'JWT', kid: 'key-1' })
    .setIssuer('spmis.example.org').setIssuedAt(created).setExpirationTime(expires).sign(key);
  vectors.push({ name, header: head, message, payload,
    'jws': compact, 'jws-detached': `${flattened.protected}..${flattened.signature}`, 'http-header': jwt });
}
const { d, ...open } = { ...createPublicKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'jwk' }) };
console.log(JSON.stringify({ seed: seed.toString('hex'), jwk: open, key_id: 'key-1', sender_id: 'spmis.example.org', created, expires, vectors }, null, 1));
