//! The public database of mobile broadband providers, `serviceproviders.xml`.
//!
//! The file of the project mobile-broadband-provider-info, in its format 2.0: for every country
//! its providers with their networks, APNs and CDMA system ids. It is data of others: what its
//! DTD requires is an error when it is absent; what the DTD leaves open or does not know is kept
//! out and reported with its place, never dropped silently. Not here: which provider a SIM
//! belongs to, which the file alone does not decide (many networks are claimed twice), and how
//! a catalogue is made of it.
//! Feeds the APN source of [MATCH-01] with the settings of [MATCH-100].

mod model;
mod notice;
mod parts;
mod read;
mod report;

pub use model::{
    Apn, Authentication, Cdma, Country, Gsm, Name, NetworkId, PlanType, Provider, ServiceProviders,
    Sid, Usage,
};
pub use notice::{Notice, Oddity};
pub use read::{Fault, POLICY, PlaceError, ReadError, read};
pub use report::{Claim, Report, Shared};
