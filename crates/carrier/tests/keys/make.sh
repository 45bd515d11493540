#!/bin/sh
# Makes the test chain (`make.sh chain`) or the one with revocation lists (`make.sh revocation`)
# anew (OpenSSL 3). The keys of roots and issuing CAs are thrown away. `revocation` needs
# leaf.key.pem of `chain`.
set -eu
PART=$1
cd "$(dirname "$0")"
T=$(mktemp -d)
EV=2.23.140.1.1
cat > "$T/ext" <<X
[root]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
certificatePolicies=$EV
[issuing]
basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
certificatePolicies=$EV
[leaf]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
certificatePolicies=$EV
[no_ev]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
certificatePolicies=2.23.140.1.2.2
[no_digital_signature]
basicConstraints=critical,CA:FALSE
keyUsage=critical,keyEncipherment
certificatePolicies=$EV
[named]
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
certificatePolicies=$EV
subjectAltName=dirName:other_subject
issuerAltName=dirName:other_issuer
[other_subject]
C=NO
O=Fjell, Mobil
CN=Fjell Signing
[other_issuer]
C=NO
O=Example Trust
CN=Example EV CA 4
X
cat > "$T/ca.cnf" <<X
[ca]
default_ca=d
[d]
database=$T/index
new_certs_dir=$T
serial=$T/serial
default_md=sha256
policy=p
unique_subject=no
[p]
C=optional
O=optional
CN=supplied
X
: > "$T/index"; echo 1000 > "$T/serial"
key() { openssl genpkey -quiet -algorithm RSA -pkeyopt "rsa_keygen_bits:$2" -out "$1"; }
# issue NAME KEY SUBJECT SECTION CA-NAME CA-KEY FROM TO
issue() {
  openssl req -new -key "$2" -subj "$3" -out "$T/csr"
  openssl ca -batch -notext -config "$T/ca.cnf" -extfile "$T/ext" -extensions "$4" \
    -cert "$5" -keyfile "$6" -startdate "$7" -enddate "$8" -in "$T/csr" -out "$1.pem" 2>/dev/null
}
# self NAME KEY SUBJECT SECTION
self() {
  openssl req -new -key "$2" -subj "$3" -out "$T/csr"
  openssl ca -batch -selfsign -notext -config "$T/ca.cnf" -extfile "$T/ext" -extensions "$4" \
    -keyfile "$2" -startdate 20240101000000Z -enddate 21240101000000Z -in "$T/csr" -out "$1.pem" 2>/dev/null
}
A=20240101000000Z B=21240101000000Z
S="/C=NO/O=Fjell Mobil AS/CN=Fjell Provisioning"
# crl NAME CA CA-KEY FROM TO [OPTION…]
crl() {
  name=$1 ca=$2 ca_key=$3 from=$4 to=$5
  shift 5
  openssl ca -gencrl -config "$T/ca.cnf" -cert "$ca" -keyfile "$ca_key" -crl_lastupdate "$from" \
    -crl_nextupdate "$to" "$@" -out "$name.crl.pem" 2>/dev/null
}
if [ "$PART" = revocation ]; then
  mkdir -p revocation
  cat >> "$T/ca.cnf" <<X
[partial]
issuingDistributionPoint=critical,@point
[point]
onlyuser=TRUE
X
  key "$T/root.key" 2048; key "$T/issuing.key" 2048; key "$T/stranger.key" 2048
  self revocation/root "$T/root.key" "/C=NO/O=Example Trust/CN=Example Test Root 2" root
  issue revocation/issuing "$T/issuing.key" "/C=NO/O=Example Trust/CN=Example EV CA 5" issuing \
    revocation/root.pem "$T/root.key" $A $B
  CA="revocation/issuing.pem $T/issuing.key"
  for kind in leaf named; do
    issue revocation/$kind leaf.key.pem "$S" $kind $CA $A $B
  done
  crl revocation/none $CA $A $B
  issue revocation/revoked leaf.key.pem "$S" leaf $CA $A $B
  openssl ca -config "$T/ca.cnf" -revoke revocation/revoked.pem -keyfile "$T/issuing.key" \
    -cert revocation/issuing.pem 2>/dev/null
  crl revocation/issuing $CA $A $B
  crl revocation/ended $CA $A 20250101000000Z
  crl revocation/early $CA 20900101000000Z $B
  crl revocation/partial $CA $A $B -crlexts partial
  crl revocation/root revocation/root.pem "$T/root.key" $A $B
  self "$T/stranger" "$T/stranger.key" "/C=NO/O=Example Trust/CN=Example EV CA 5" root
  crl revocation/stranger "$T/stranger.pem" "$T/stranger.key" $A $B
  openssl ca -config "$T/ca.cnf" -revoke revocation/issuing.pem -keyfile "$T/root.key" \
    -cert revocation/root.pem 2>/dev/null
  crl revocation/root_revokes_issuing revocation/root.pem "$T/root.key" $A $B
  rm -rf "$T"
  exit
fi
key "$T/root.key" 3072; key "$T/stranger.key" 2048; key "$T/issuing.key" 2048
key leaf.key.pem 2048; key "$T/small.key" 1024
openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ec.key.pem
self root "$T/root.key" "/C=NO/O=Example Trust/CN=Example Test Root" root
self stranger "$T/stranger.key" "/C=NO/O=Example Trust/CN=Example Test Root" root
issue issuing "$T/issuing.key" "/C=NO/O=Example Trust/CN=Example EV CA 3" issuing root.pem "$T/root.key" $A $B
for kind in leaf no_ev no_digital_signature; do
  issue $kind leaf.key.pem "$S" $kind issuing.pem "$T/issuing.key" $A $B
done
issue expired leaf.key.pem "$S" leaf issuing.pem "$T/issuing.key" 20240101000000Z 20250101000000Z
issue small "$T/small.key" "$S" leaf issuing.pem "$T/issuing.key" $A $B
issue ec ec.key.pem "$S" leaf issuing.pem "$T/issuing.key" $A $B
issue below_leaf leaf.key.pem "/C=NO/O=Fjell Mobil AS/CN=Below a leaf" leaf leaf.pem leaf.key.pem $A $B
self self_signed leaf.key.pem "$S" leaf
rm -rf "$T"

# Example 14.1 signed with rsa-sha1, which ring verifies but does not make (SIG-12).
INFO=$(sed -e 's#http://www.w3.org/2001/04/xmldsig-more\#rsa-sha256#http://www.w3.org/2000/09/xmldsig\#rsa-sha1#' \
  -e 's#http://www.w3.org/2001/04/xmlenc\#sha256#http://www.w3.org/2000/09/xmldsig\#sha1#' \
  -e 's#lM/pSDDD1YGFPALqsblqRpg2UkdFVFWwSHAJN/blX08=#VDb1YiVihDeAHBMuHe71CH1u4UA=#' \
  ../vectors/sv3-signed-info.xml)
VALUE=$(printf %s "$INFO" | openssl dgst -sha1 -sign leaf.key.pem | base64 -w0)
BARE=$(printf %s "$INFO" | sed 's# xmlns="[^"]*"##')
CERTS=
for c in leaf issuing; do
  CERTS="$CERTS<X509Certificate>$(openssl x509 -in $c.pem -outform DER | base64 -w0)</X509Certificate>"
done
SIGNATURE="<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\">$BARE<SignatureValue>$VALUE</SignatureValue><KeyInfo><X509Data>$CERTS</X509Data></KeyInfo></Signature>"
sed '$d' ../vectors/e1.xml > ../vectors/e1-rsa-sha1.xml
printf '%s</CarrierProvisioning>' "$SIGNATURE" >> ../vectors/e1-rsa-sha1.xml
