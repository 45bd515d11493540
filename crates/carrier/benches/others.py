"""How fast others sign and verify: `others.py SIGNED.xml`, the document of `cargo xtask bench`.

xmlsec1 is started once a document, as programs that have no library do; signxml works in this
process. Prints documents per second, the median of several turns. Not run by any test.
"""
import datetime
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

import lxml.etree as etree
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from signxml import (CanonicalizationMethod, DigestAlgorithm, SignatureConfiguration,
                     SignatureMethod, XMLSigner, XMLVerifier)

KEYS = pathlib.Path(__file__).parent.parent / "tests/keys"
MOMENT = datetime.datetime(2030, 3, 1, 8, 15, tzinfo=datetime.timezone.utc)
TURNS = 5
SECONDS = 2


def rate(work):
    rates = []
    for _ in range(TURNS):
        done, start = 0, time.perf_counter()
        while time.perf_counter() - start < SECONDS:
            work()
            done += 1
        rates.append(done / (time.perf_counter() - start))
    return statistics.median(rates)


def xmlsec1(*arguments):
    subprocess.run(["xmlsec1", *map(str, arguments)], check=True, capture_output=True)


def main(path):
    signed = pathlib.Path(path).read_bytes()
    folder = pathlib.Path(tempfile.mkdtemp())
    template = folder / "template.xml"
    empty = re.sub(rb"<(DigestValue|SignatureValue)>[^<]*<", rb"<\1><", signed)
    empty = re.sub(rb"<X509Certificate>[^<]*</X509Certificate>", b"", empty)
    template.write_bytes(empty)
    key = ",".join(str(KEYS / name) for name in ["leaf.key.pem", "leaf.pem", "issuing.pem"])
    trusted = ["--enabled-key-data", "x509", "--trusted-pem", KEYS / "root.pem",
               "--verification-gmt-time", "2030-03-01 08:15:00"]

    unsigned = re.sub(rb"<Signature .*</Signature>", b"", signed, flags=re.S)
    signer = XMLSigner(signature_algorithm=SignatureMethod.RSA_SHA256,
                       digest_algorithm=DigestAlgorithm.SHA256,
                       c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0)
    certificates = [(KEYS / name).read_text() for name in ["leaf.pem", "issuing.pem"]]
    private = load_pem_private_key((KEYS / "leaf.key.pem").read_bytes(), password=None)
    config = SignatureConfiguration(require_x509=True, verification_time=MOMENT)

    def signxml_verify():
        verifier = XMLVerifier()
        verifier.excise_empty_xmlns_declarations = True
        verifier.verify(etree.fromstring(signed), ca_pem_file=KEYS / "root.pem",
                        expect_config=config)

    for name, work in [
        ("xmlsec1 sign", lambda: xmlsec1("--sign", "--privkey-pem", key, "--output",
                                         folder / "out.xml", template)),
        ("xmlsec1 verify", lambda: xmlsec1("--verify", *trusted, path)),
        ("signxml sign", lambda: etree.tostring(
            signer.sign(etree.fromstring(unsigned), key=private, cert="".join(certificates)))),
        ("signxml verify", signxml_verify),
    ]:
        print(f"{name:16} {rate(work):8.1f}/s", flush=True)


main(*sys.argv[1:])
