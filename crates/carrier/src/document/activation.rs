//! What the host does with its connection after it has stored the profiles.
//!
//! Exactly one directive, so two cannot be combined [XML-29]. Not here: carrying it out.
//! Implements [XML-29]…[XML-37] as far as the document states them.

use std::fmt;

use super::binary::Base64Binary;
use super::duration::XmlDuration;

/// Says which value of a directive is out of its range, and carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivationError {
    /// Seconds of a delay: 0 to 3599.
    Delay(u64),
    /// Further attempts: 0 to 10.
    RetryCount(u32),
    /// Seconds between attempts: 60 to 3600.
    RetryInterval(u64),
}

impl fmt::Display for ActivationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delay(s) => write!(f, "delay of {s} s is not within 0 to 3599 s"),
            Self::RetryCount(n) => write!(f, "{n} retries are not within 0 to 10"),
            Self::RetryInterval(s) => {
                write!(f, "retry interval of {s} s is not within 60 to 3600 s")
            }
        }
    }
}

impl std::error::Error for ActivationError {}

/// Holds the wait before the first attempt: 0 s to 3599 s [XML-31].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay(u64);

impl Delay {
    /// Makes a delay of whole seconds.
    ///
    /// # Errors
    /// 3600 s or more.
    pub const fn of_seconds(seconds: u64) -> Result<Self, ActivationError> {
        if seconds < 3600 { Ok(Self(seconds)) } else { Err(ActivationError::Delay(seconds)) }
    }

    /// Returns the delay.
    #[must_use]
    pub const fn duration(self) -> XmlDuration {
        XmlDuration::of_seconds(self.0)
    }
}

/// Holds how many attempts follow a failed first one: 0 to 10 [XML-32, XML-34].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryCount(u32);

impl RetryCount {
    /// Makes a count.
    ///
    /// # Errors
    /// More than 10.
    pub const fn new(count: u32) -> Result<Self, ActivationError> {
        if count <= 10 { Ok(Self(count)) } else { Err(ActivationError::RetryCount(count)) }
    }

    /// Returns the count.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.0
    }
}

/// Holds the pause between attempts: 60 s to 3600 s [XML-33].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryInterval(u64);

impl RetryInterval {
    /// Makes a pause of whole seconds.
    ///
    /// # Errors
    /// Less than 60 s or more than 3600 s.
    pub const fn of_seconds(seconds: u64) -> Result<Self, ActivationError> {
        if seconds >= 60 && seconds <= 3600 {
            Ok(Self(seconds))
        } else {
            Err(ActivationError::RetryInterval(seconds))
        }
    }

    /// Returns the pause.
    #[must_use]
    pub const fn duration(self) -> XmlDuration {
        XmlDuration::of_seconds(self.0)
    }
}

/// Holds when a directive is tried; what is absent takes Windows' default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// The wait before the first attempt; 0 s if absent.
    pub delay: Option<Delay>,
    /// Attempts after a failed first one; 0 if absent.
    pub retry_count: Option<RetryCount>,
    /// The pause between attempts; 1 min if absent.
    pub retry_interval: Option<RetryInterval>,
}

/// Names the one directive of a document [XML-29].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activation {
    /// Closes the data connection and opens it with the new profile [XML-35].
    ReconnectToNetwork(Attempts),
    /// Switches the radio off and on before connecting [XML-36].
    ReregisterToNetwork(Attempts),
    /// Hands octets to the modem unchanged, as on CDMA [XML-37].
    ServiceActivation {
        /// When it is tried.
        attempts: Attempts,
        /// What the modem gets.
        carrier_specific_data: Base64Binary,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_at_their_edges() {
        // NV-8 and NV-9.
        assert_eq!(
            Delay::of_seconds(3599).map(|d| d.duration().to_string()),
            Ok("PT59M59S".into())
        );
        assert_eq!(Delay::of_seconds(3600), Err(ActivationError::Delay(3600)));
        assert_eq!(RetryCount::new(10).map(RetryCount::count), Ok(10));
        assert_eq!(RetryCount::new(11), Err(ActivationError::RetryCount(11)));
        let interval = |s| RetryInterval::of_seconds(s).map(|d| d.duration().to_string());
        assert_eq!(interval(3600), Ok("PT1H".into()));
        assert_eq!(interval(60), Ok("PT1M".into()));
        assert_eq!(interval(59), Err(ActivationError::RetryInterval(59)));
        assert_eq!(interval(3601), Err(ActivationError::RetryInterval(3601)));
    }
}
