//! A message as it came: its bearer, its sender, its class, its text.
//!
//! An SMS of several parts comes here when it is whole, so that it is matched once [MSG-13]. Not
//! here: putting parts together and decoding. Implements [MSG-02], [MSG-04] to [MSG-07].

use std::fmt;

use super::rule::{Rule, SmsBearer};
use crate::events::Bearer;

/// Most digits of a short code; a longer number is an international one [MSG-30].
const SHORT_CODE_DIGITS_MAX: usize = 6;

/// A message, decoded and whole.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Message<'t> {
    /// What it came by.
    pub bearer: Bearer,
    /// Who sent it; of no meaning for USSD.
    pub sender: Option<Sender<'t>>,
    /// The class of an SMS.
    pub class: Option<Class>,
    /// The text.
    pub text: &'t str,
}

impl fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({:?}, {:?}, {} bytes)", self.bearer, self.class, self.text.len())
    }
}

/// The sender of an SMS.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sender<'t> {
    /// Digits, perhaps after a `+`, or a name.
    pub address: &'t str,
    /// What the network says that it is.
    pub kind: AddressKind,
}

impl fmt::Debug for Sender<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sender({:?})", self.kind)
    }
}

/// The type of number of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressKind {
    /// A number with its country code.
    International,
    /// A number as it is dialled within its country.
    National,
    /// A name.
    Alphanumeric,
    /// A number of which the network says no more.
    Unknown,
}

impl AddressKind {
    /// Returns what an address is if the network does not say: digits are international.
    #[must_use]
    pub fn of(address: &str) -> Self {
        match is_number(without_plus(address)) {
            true => Self::International,
            false => Self::Alphanumeric,
        }
    }
}

/// The class of an SMS, 0 to 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class(u8);

impl Class {
    /// Shown at once and not stored.
    pub const ZERO: Self = Self(0);

    /// Reads a class; `None` above 3.
    #[must_use]
    pub const fn new(class: u8) -> Option<Self> {
        if class <= 3 { Some(Self(class)) } else { None }
    }

    /// Returns the number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl Rule {
    /// Says whether the rule is about messages of this bearer, sender and class; whatever the text.
    #[must_use]
    pub fn admits(&self, message: &Message<'_>) -> bool {
        match message.bearer {
            Bearer::Ussd => self.has_ussd,
            Bearer::GsmSms | Bearer::CdmaSms => self.sms.iter().any(|bearer| {
                let is_class = !bearer.class_zero_only || message.class == Some(Class::ZERO);
                is_class && self.is_from(bearer, message.sender)
            }),
        }
    }

    /// Compares the sender exactly; a `+` before either one is no difference [MSG-04, MSG-05].
    ///
    /// Digits of more than a short code are an international number. Such a rule is met by an
    /// international sender, by one of another or no stated type only if the rule is tolerant,
    /// and by a name of the same digits never: anybody may choose a name [MSG-03].
    fn is_from(&self, bearer: &SmsBearer, sender: Option<Sender<'_>>) -> bool {
        let Some(wanted) = bearer.sender.as_deref().map(without_plus) else {
            return true;
        };
        let Some(sender) = sender else {
            return false;
        };
        let is_number = is_number(wanted);
        let is_kind = match sender.kind {
            AddressKind::International => true,
            AddressKind::National | AddressKind::Unknown => {
                !is_number || wanted.len() <= SHORT_CODE_DIGITS_MAX || self.is_sender_tolerant
            }
            AddressKind::Alphanumeric => !is_number,
        };
        is_kind && without_plus(sender.address) == wanted
    }

    /// Says whether one message can be what both rules are about, whatever its text.
    ///
    /// An SMS of class 0 meets both values of `ClassZeroOnly`.
    #[must_use]
    pub fn shares_bearer_with(&self, other: &Self) -> bool {
        let is_one = |a: &Option<String>, b: &Option<String>| match (a, b) {
            (Some(a), Some(b)) => without_plus(a) == without_plus(b),
            (None, _) | (_, None) => true,
        };
        let has_sms =
            self.sms.iter().any(|a| other.sms.iter().any(|b| is_one(&a.sender, &b.sender)));
        has_sms || (self.has_ussd && other.has_ussd)
    }
}

fn without_plus(address: &str) -> &str {
    address.strip_prefix('+').unwrap_or(address)
}

fn is_number(address: &str) -> bool {
    !address.is_empty() && address.bytes().all(|byte| byte.is_ascii_digit())
}
