// xml-crypto as a judge: `xml_crypto_judge.js ROOT.pem UNIX_TIME LIST`, LIST names a document a
// line. Prints `ok` or `no REASON` a line. xml-crypto checks the signature against the leaf in
// KeyInfo; that the leaf chains to the root is checked with Node's own crypto.
'use strict';
const fs = require('fs');
const { X509Certificate } = require('crypto');
const { DOMParser } = require('@xmldom/xmldom');
const { SignedXml } = require('xml-crypto');

const DS = 'http://www.w3.org/2000/09/xmldsig#';
const [root, seconds, listing] = process.argv.slice(2);
const anchor = new X509Certificate(fs.readFileSync(root));

function chain(signature) {
  const found = signature.getElementsByTagNameNS(DS, 'X509Certificate');
  const certificates = [];
  for (let i = 0; i < found.length; i += 1) {
    certificates.push(new X509Certificate(Buffer.from(found[i].textContent, 'base64')));
  }
  if (certificates.length === 0) throw new Error('no certificate');
  certificates.forEach((certificate, i) => {
    const issuer = certificates[i + 1] || anchor;
    if (!certificate.verify(issuer.publicKey)) throw new Error('chain does not hold');
    const at = Number(seconds) * 1000;
    if (at < Date.parse(certificate.validFrom) || at > Date.parse(certificate.validTo)) {
      throw new Error('certificate not valid at the time');
    }
  });
  return certificates[0];
}

function judge(xml) {
  const errors = [];
  const handler = (level, message) => { if (level !== 'warning') errors.push(message); };
  const document = new DOMParser({ errorHandler: handler }).parseFromString(xml, 'text/xml');
  if (errors.length > 0) throw new Error(errors[0]);
  const signatures = document.getElementsByTagNameNS(DS, 'Signature');
  if (signatures.length !== 1) throw new Error(signatures.length + ' signatures');
  const leaf = chain(signatures[0]);
  const signed = new SignedXml({ publicCert: leaf.toString(), getCertFromKeyInfo: () => null });
  signed.loadSignature(signatures[0]);
  if (!signed.checkSignature(xml)) throw new Error('signature does not hold');
  const references = signed.getReferences();
  if (references.length !== 1 || references[0].uri !== '') throw new Error('not the document');
}

for (const path of fs.readFileSync(listing, 'utf8').trim().split('\n')) {
  try {
    judge(fs.readFileSync(path, 'utf8'));
    console.log('ok');
  } catch (error) {
    console.log('no', String(error.message || error).replace(/\n/g, ' ').slice(0, 200));
  }
}
