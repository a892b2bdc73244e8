// Reads lines {jwk, authenticated, encrypted} and writes for each the decrypted text as JSON, with the npm
// package jose of the folder that SPCONFORM_NODE_MODULES names. It is the other direction of make.mjs.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createInterface } from 'node:readline';

const require = createRequire(process.env.SPCONFORM_NODE_MODULES + '/');
const jose = await import(pathToFileURL(require.resolve('jose')).href);
const canonicalize = require('canonicalize');
const b64 = (text) => Buffer.from(text, 'utf8').toString('base64url');

for await (const line of createInterface({ input: process.stdin })) {
  const { jwk, authenticated, encrypted } = JSON.parse(line);
  const key = await jose.importJWK(jwk, jwk.alg);
  // The library knows headers that are protected and headers that are not; never the same in both.
  const { header, ...rest } = encrypted;
  const jwe = authenticated === 'nothing' ? encrypted
    : authenticated === 'protected' ? rest : { ...rest, protected: b64(canonicalize(header)) };
  const { plaintext } = await jose.flattenedDecrypt(jwe, key, { keyManagementAlgorithms: [jwk.alg], contentEncryptionAlgorithms: ['A256GCM'] });
  console.log(JSON.stringify(Buffer.from(plaintext).toString('utf8')));
}
