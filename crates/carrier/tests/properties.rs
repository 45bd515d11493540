//! Round trips, and that nothing panics whatever the bytes.

mod support;

use carrier::chain::inspect;
use carrier::read::read;
use carrier::schema::validate;
use carrier::verify::{Consent, Trust, verify};
use carrier::write::write;
use carrier::xml::{Method, canonical, parse};
use proptest::prelude::*;
use support::strategies;

proptest! {
    #[test]
    fn what_is_written_is_canonical_valid_and_read_back(document in strategies::document()) {
        let written = write(&document).expect("legal values");
        let root = parse(written.as_bytes()).expect("well-formed");
        prop_assert_eq!(canonical(&root, &[], Method::Inclusive, None), written.as_str());
        prop_assert_eq!(validate(&root), Ok(()));
        prop_assert_eq!(read(written.as_bytes()), Ok(document));
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let trust = Trust::of_web_site(&[], support::now(), Consent::Given);
        prop_assert!(read(&bytes).is_err());
        prop_assert!(verify(&bytes, &trust).is_err());
        prop_assert!(inspect(&bytes).is_err());
    }

    #[test]
    fn a_changed_octet_never_verifies_nor_panics(at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let roots = support::certificates(&["root"]);
        let trust = Trust::of_web_site(&roots, support::now(), Consent::Given);
        let mut bytes = support::signed_e1(&["leaf", "issuing"], str::to_owned).into_bytes();
        let index = at.index(bytes.len());
        bytes[index] ^= 1 << bit;
        // Some octets do not matter: the kind of white space in a start tag, and the like.
        if let Ok(verified) = verify(&bytes, &trust) {
            prop_assert_eq!(verified.document(), Ok(support::e1()));
        }
        let mut der = support::certificate("leaf").as_bytes().to_vec();
        let index = at.index(der.len());
        der[index] ^= 1 << bit;
        let _ = inspect(&der);
    }
}
