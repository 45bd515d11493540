//! The tables of trust and refresh.
//!
//! Source: CarrierControlSchema.xsd, and Base.xsd for the children of `TrustedCertificate`, which
//! are in the namespace of that schema [XML-08]. Not here: the elements around them
//! ([`super::document`]).
//! Implements [XML-16], [XML-152]…[XML-159].

use super::{Rule, many, maybe, one, parent, text, types};
use crate::xml::Namespace;

const CC: Namespace = Namespace::CarrierControl;
const BASE: Namespace = Namespace::Base;

pub(super) static PROVISIONING: Rule =
    parent("XML-159", CC, "Provisioning", &[&[maybe(&[&CERTIFICATES]), maybe(&[&REFRESH])]]);

static CERTIFICATES: Rule =
    parent("XML-152", CC, "TrustedCertificates", &[&[many(&[&CERTIFICATE])]]);
static CERTIFICATE: Rule =
    parent("XML-153", CC, "TrustedCertificate", &[&[one(&[&SUBJECT_NAME]), one(&[&ISSUER_NAME])]]);
static SUBJECT_NAME: Rule = text("XML-16", BASE, "SubjectName", types::any);
static ISSUER_NAME: Rule = text("XML-16", BASE, "IssuerName", types::any);

static REFRESH: Rule = parent(
    "XML-154",
    CC,
    "RefreshParameters",
    &[&[maybe(&[&DELAY]), one(&[&URL]), maybe(&[&USER_NAME]), maybe(&[&PASSWORD])]],
);
static DELAY: Rule = text("XML-155", CC, "DelayInDays", types::delay_in_days);
static URL: Rule = text("XML-156", CC, "RefreshURL", types::refresh_url);
static USER_NAME: Rule = text("XML-157", CC, "UserName", types::any);
static PASSWORD: Rule = text("XML-157", CC, "Password", types::any);
