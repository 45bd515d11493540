//! What Windows answered to a document, and what follows from it.
//!
//! The numbers of `msProvisionNetworks` [PORT-46] and the reaction to each [PORT-49]. Not here:
//! calling it (the portal's bridge) and the words (the server's texts).

/// A result of `window.external.msProvisionNetworks` [PORT-46].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProvisionResult {
    /// 0
    Success,
    /// 1
    GeneralFailure,
    /// 2: the document does not satisfy the schema.
    SchemaInvalid,
    /// 3: the document is not properly signed.
    NotSigned,
    /// 4: the signature is not valid.
    SignatureInvalid,
    /// 5: the customer refused.
    Cancelled,
    /// 6: there is no Wi-Fi device.
    NoWifiDevice,
    /// 7: there is no mobile broadband device.
    NoModem,
    /// 8: several things are not present.
    NothingPresent,
}

impl ProvisionResult {
    /// Every result, in the order of its number.
    pub const ALL: [Self; 9] = [
        Self::Success,
        Self::GeneralFailure,
        Self::SchemaInvalid,
        Self::NotSigned,
        Self::SignatureInvalid,
        Self::Cancelled,
        Self::NoWifiDevice,
        Self::NoModem,
        Self::NothingPresent,
    ];

    /// Reads the number that Windows returned; any unknown one is a general failure [PORT-47].
    #[must_use]
    pub fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Success,
            2 => Self::SchemaInvalid,
            3 => Self::NotSigned,
            4 => Self::SignatureInvalid,
            5 => Self::Cancelled,
            6 => Self::NoWifiDevice,
            7 => Self::NoModem,
            8 => Self::NothingPresent,
            _ => Self::GeneralFailure,
        }
    }

    /// Returns the number of [PORT-46].
    #[must_use]
    pub fn number(self) -> u32 {
        match self {
            Self::Success => 0,
            Self::GeneralFailure => 1,
            Self::SchemaInvalid => 2,
            Self::NotSigned => 3,
            Self::SignatureInvalid => 4,
            Self::Cancelled => 5,
            Self::NoWifiDevice => 6,
            Self::NoModem => 7,
            Self::NothingPresent => 8,
        }
    }

    /// Returns the stable name used in JSON and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::GeneralFailure => "general_failure",
            Self::SchemaInvalid => "schema_invalid",
            Self::NotSigned => "not_signed",
            Self::SignatureInvalid => "signature_invalid",
            Self::Cancelled => "cancelled",
            Self::NoWifiDevice => "no_wifi_device",
            Self::NoModem => "no_modem",
            Self::NothingPresent => "nothing_present",
        }
    }
}

/// Which retry the page offers [PORT-49].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// None: it is done, or trying again cannot help.
    Never,
    /// Once by itself after five seconds, then by the customer.
    OnceByItself,
    /// When the customer asks for it.
    ByCustomer,
}

/// How long the page waits before it tries again by itself [PORT-49].
pub const RETRY_AFTER_MS: u32 = 5_000;

/// What follows from the results of an order so far [PORT-49].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// The retry to offer.
    pub retry: Retry,
    /// Whether the operator must be alerted: its document or certificate is at fault.
    pub is_operator_defect: bool,
}

/// Decides what follows from the latest result; `earlier` are those before it, oldest first.
#[must_use]
pub fn react(latest: ProvisionResult, earlier: &[ProvisionResult]) -> Reaction {
    let retry = match latest {
        ProvisionResult::Success
        | ProvisionResult::SchemaInvalid
        | ProvisionResult::NotSigned
        | ProvisionResult::SignatureInvalid => Retry::Never,
        ProvisionResult::GeneralFailure => {
            let has_failed_before = earlier.contains(&ProvisionResult::GeneralFailure);
            if has_failed_before { Retry::ByCustomer } else { Retry::OnceByItself }
        }
        ProvisionResult::Cancelled
        | ProvisionResult::NoWifiDevice
        | ProvisionResult::NoModem
        | ProvisionResult::NothingPresent => Retry::ByCustomer,
    };
    let is_operator_defect = matches!(
        latest,
        ProvisionResult::SchemaInvalid
            | ProvisionResult::NotSigned
            | ProvisionResult::SignatureInvalid
    );
    Reaction { retry, is_operator_defect }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of [PORT-49], with the numbers of [PORT-46].
    #[test]
    fn reactions_of_port_49() {
        for (number, retry, is_operator_defect) in [
            (0, Retry::Never, false),
            (1, Retry::OnceByItself, false),
            (2, Retry::Never, true),
            (3, Retry::Never, true),
            (4, Retry::Never, true),
            (5, Retry::ByCustomer, false),
            (6, Retry::ByCustomer, false),
            (7, Retry::ByCustomer, false),
            (8, Retry::ByCustomer, false),
        ] {
            let result = ProvisionResult::from_number(number);
            assert_eq!(result.number(), number);
            assert_eq!(react(result, &[]), Reaction { retry, is_operator_defect }, "{number}");
        }
    }

    #[test]
    fn a_general_failure_repeats_by_itself_only_once() {
        let failure = ProvisionResult::GeneralFailure;
        assert_eq!(react(failure, &[failure]).retry, Retry::ByCustomer);
        assert_eq!(react(failure, &[ProvisionResult::Cancelled]).retry, Retry::OnceByItself);
    }

    #[test]
    fn unknown_numbers_are_a_general_failure() {
        for number in [9, 100, u32::MAX] {
            assert_eq!(ProvisionResult::from_number(number), ProvisionResult::GeneralFailure);
        }
    }
}
