"""signxml as a judge: `signxml_judge.py ROOT.pem UNIX_TIME LIST`, LIST names a document a line.

Prints `ok` or `no REASON` a line, in the order of the list. The profile is the one of the
product: one enveloped reference to the whole document, RSA, a chain to the root.
"""
import datetime
import sys

import lxml.etree as etree
from signxml import (DigestAlgorithm, SignatureConfiguration, SignatureMethod,
                     XMLVerifier)


def main(root, seconds, listing):
    moment = datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc)
    config = SignatureConfiguration(
        require_x509=True,
        signature_methods=frozenset({SignatureMethod.RSA_SHA256}),
        digest_algorithms=frozenset({DigestAlgorithm.SHA256}),
        verification_time=moment,
    )
    for line in open(listing, encoding="utf-8"):
        try:
            with open(line.strip(), "rb") as file:
                document = file.read()
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            verifier = XMLVerifier()
            # lxml writes xmlns="" where a part is cut out; signxml knows the way around.
            verifier.excise_empty_xmlns_declarations = True
            verifier.verify(
                etree.fromstring(document, parser),
                ca_pem_file=root,
                expect_config=config,
            )
            print("ok")
        except Exception as error:  # A judge's every refusal is an answer.
            print("no", type(error).__name__, str(error).replace("\n", " ")[:200])


main(*sys.argv[1:])
