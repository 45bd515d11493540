//! What is told of a subscriber, and the key by which it is told once.
//!
//! Not here: when ([`super::step`]), and the wire form. Implements [EVT-01], [EVT-04], [EVT-06]
//! and the once-only part of [EVT-20].

use std::fmt;

use jiff::Timestamp;

use super::{MessageType, Network, Reach};

/// Longest text of a notification that is kept, in characters [MSG-11].
pub const TEXT_CHARS_MAX: usize = 1_600;
/// Most bytes of a message: ten parts of 140 octets [MSG-28].
pub const MESSAGE_BYTES_MAX: usize = 1_400;

/// The bearer of an operator's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearer {
    /// SMS of a GSM network.
    GsmSms,
    /// SMS of a CDMA network.
    CdmaSms,
    /// USSD.
    Ussd,
}

/// What the bytes of a message are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alphabet {
    /// UCS-2 or UTF-16: the text is the message.
    Unicode,
    /// Anything else.
    Other,
}

/// An SMS or a USSD notification, as it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// What it came by.
    pub bearer: Bearer,
    /// The data-coding scheme.
    pub encoding: u8,
    /// What that scheme means.
    pub alphabet: Alphabet,
    /// All parts in order [MSG-13], at most [`MESSAGE_BYTES_MAX`].
    pub bytes: Vec<u8>,
    /// The decoded text, at most [`TEXT_CHARS_MAX`] characters.
    pub text: String,
    /// The id of the rule that matched, empty if it has none [MSG-14]; absent = no rule matched.
    pub rule: Option<String>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.bytes.len();
        write!(f, "Message({:?}, {:?}, {size} bytes)", self.bearer, self.rule)
    }
}

impl Message {
    /// Returns the message as an app sees it: the text where the scheme is Unicode, else the
    /// bytes in hexadecimal [EVT-04].
    #[must_use]
    pub fn shown(&self) -> String {
        match self.alphabet {
            Alphabet::Unicode => self.text.clone(),
            Alphabet::Other => self.hex(),
        }
    }

    /// Returns the bytes in upper-case hexadecimal.
    #[must_use]
    pub fn hex(&self) -> String {
        self.bytes.iter().map(|byte| format!("{byte:02X}")).collect()
    }
}

/// What the customer is told, once each [EVT-20].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Notice {
    /// Most of the allowance is used.
    ApproachingLimit,
    /// The plan has ended.
    PlanExpired,
    /// The device left the home network.
    RoamingBegan,
    /// It came back.
    RoamingEnded,
    /// The operator sent a message that is meant to be seen.
    OperatorMessage,
    /// A plan that renews itself will be charged for.
    RenewalSoon,
    /// The charge for it did not succeed.
    RenewalFailed,
    /// It does not renew itself any more, though the customer did not turn it off.
    RenewalOff,
}

impl Notice {
    /// Every notice.
    pub const ALL: [Self; 8] = [
        Self::ApproachingLimit,
        Self::PlanExpired,
        Self::RoamingBegan,
        Self::RoamingEnded,
        Self::OperatorMessage,
        Self::RenewalSoon,
        Self::RenewalFailed,
        Self::RenewalOff,
    ];

    /// Returns the stable name used in JSON, keys and the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ApproachingLimit => "approaching_limit",
            Self::PlanExpired => "plan_expired",
            Self::RoamingBegan => "roaming_began",
            Self::RoamingEnded => "roaming_ended",
            Self::OperatorMessage => "operator_message",
            Self::RenewalSoon => "renewal_soon",
            Self::RenewalFailed => "renewal_failed",
            Self::RenewalOff => "renewal_off",
        }
    }
}

/// What happened, as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Types 0, 1 and 2: a message that a rule matched.
    OperatorMessage(Message),
    /// A message that no rule matched, or one that is visible besides [MSG-01], [MSG-09].
    PublicMessage(Message),
    /// Type 3.
    Threshold {
        /// Which billing cycle, from 0.
        cycle: u64,
        /// Where the bytes were used.
        network: Network,
        /// Which step of that cycle and network, from 1: an ordinal [USE-21].
        step: u64,
        /// Effective usage of the cycle, in bytes.
        usage_bytes: u64,
    },
    /// Type 4.
    Reset {
        /// The cycle that begins.
        cycle: u64,
    },
    /// Type 5.
    PlanDeleted,
    /// At the pace of the last four days the limit will be passed by half.
    LimitProjected {
        /// Which billing cycle.
        cycle: u64,
        /// What the cycle would come to, in bytes.
        projected_bytes: u64,
    },
    /// Type 6.
    Connected,
    /// Type 7.
    Disconnected,
    /// Types 8 and 9.
    Registered(Network),
    /// Type 10.
    EntitlementCheck {
        /// Which check of this subscriber, from 1.
        check: u64,
    },
    /// Type 11.
    SharingChanged {
        /// Whether the connection is shared.
        is_on: bool,
    },
    /// Type 12.
    ClientsChanged {
        /// How many share it.
        clients: u8,
    },
    /// The network's status changed: how far the device reaches.
    NetworkStatus(Reach),
    /// A hotspot asks for credentials.
    HotspotAuthentication,
    /// What the customer is told.
    Notice(Notice),
}

/// The events of the system's broker that an operator's app asks for [EVT-06].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// How the device is connected and registered, and how far it reaches.
    NetworkStatus,
    /// The end of a billing cycle or plan, and steps of usage.
    AccountStatus,
    /// A hotspot asks for credentials.
    HotspotAuthentication,
    /// A message that a rule matched.
    OperatorNotification,
    /// An SMS that no rule matched.
    PublicSms,
    /// A USSD notification that no rule matched.
    PublicUssd,
    /// The connection is to be shared, or is.
    Sharing,
    /// The customer is told something.
    Customer,
}

impl Cause {
    /// Returns the type of the payload; absent = no `MobileOperatorNotification`.
    #[must_use]
    pub fn message_type(&self) -> Option<MessageType> {
        Some(match self {
            Self::OperatorMessage(message) => match message.bearer {
                Bearer::GsmSms => MessageType::GsmSms,
                Bearer::CdmaSms => MessageType::CdmaSms,
                Bearer::Ussd => MessageType::Ussd,
            },
            Self::Threshold { .. } => MessageType::DataPlanThresholdReached,
            Self::Reset { .. } => MessageType::DataPlanReset,
            Self::PlanDeleted => MessageType::DataPlanDeleted,
            Self::Connected => MessageType::ProfileConnected,
            Self::Disconnected => MessageType::ProfileDisconnected,
            Self::Registered(Network::Roaming) => MessageType::RegisteredRoaming,
            Self::Registered(Network::Home) => MessageType::RegisteredHome,
            Self::EntitlementCheck { .. } => MessageType::TetheringEntitlementCheck,
            Self::SharingChanged { .. } => MessageType::TetheringOperationalStateChanged,
            Self::ClientsChanged { .. } => MessageType::TetheringNumberOfClientsChanged,
            Self::PublicMessage(_)
            | Self::LimitProjected { .. }
            | Self::NetworkStatus(_)
            | Self::HotspotAuthentication
            | Self::Notice(_) => return None,
        })
    }

    /// Returns the name that it is told and filtered by: Windows' own for a message type, else
    /// one in snake case.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match (self.message_type(), self) {
            (Some(message_type), _) => message_type.name(),
            (None, Self::PublicMessage(message)) => match message.bearer {
                Bearer::GsmSms | Bearer::CdmaSms => "public_sms",
                Bearer::Ussd => "public_ussd",
            },
            (None, Self::LimitProjected { .. }) => "limit_projected",
            (None, Self::NetworkStatus(_)) => "network_status",
            (None, Self::Notice(notice)) => notice.name(),
            (None, Self::HotspotAuthentication) => "hotspot_authentication",
            // These have types, and those have names.
            (
                None,
                Self::OperatorMessage(_)
                | Self::Threshold { .. }
                | Self::Reset { .. }
                | Self::PlanDeleted
                | Self::Connected
                | Self::Disconnected
                | Self::Registered(_)
                | Self::EntitlementCheck { .. }
                | Self::SharingChanged { .. }
                | Self::ClientsChanged { .. },
            ) => "unknown",
        }
    }

    /// Returns every name that [`Self::name`] can return.
    #[must_use]
    pub fn names() -> Vec<&'static str> {
        let others = [
            "public_sms",
            "public_ussd",
            "limit_projected",
            "network_status",
            "hotspot_authentication",
        ];
        let types = MessageType::ALL.map(MessageType::name);
        types.into_iter().chain(others).chain(Notice::ALL.map(Notice::name)).collect()
    }

    /// Returns which event of the system's broker it belongs to [EVT-06].
    #[must_use]
    pub fn family(&self) -> Family {
        match self {
            Self::OperatorMessage(_) => Family::OperatorNotification,
            Self::PublicMessage(message) => match message.bearer {
                Bearer::GsmSms | Bearer::CdmaSms => Family::PublicSms,
                Bearer::Ussd => Family::PublicUssd,
            },
            Self::Threshold { .. }
            | Self::Reset { .. }
            | Self::PlanDeleted
            | Self::LimitProjected { .. } => Family::AccountStatus,
            Self::Connected | Self::Disconnected | Self::Registered(_) | Self::NetworkStatus(_) => {
                Family::NetworkStatus
            }
            Self::EntitlementCheck { .. }
            | Self::SharingChanged { .. }
            | Self::ClientsChanged { .. } => Family::Sharing,
            Self::HotspotAuthentication => Family::HotspotAuthentication,
            Self::Notice(_) => Family::Customer,
        }
    }
}

/// Something that is told of a subscriber, once whatever happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// Unique within the subscriber: raising the same key again changes nothing.
    pub key: String,
    /// What.
    pub cause: Cause,
    /// When it happened.
    pub at: Timestamp,
}

impl Raised {
    /// Raises what the usage engine found, with the key that its once-only rule needs: step by
    /// cycle and network, reset by cycle, the end of the plan once [USE-21], [USE-25].
    #[must_use]
    pub fn of_usage(cause: Cause, at: Timestamp) -> Self {
        let key = if let Cause::Threshold { cycle, network, step, .. } = &cause {
            format!("usage/{cycle}/{}/{step}", network.name())
        } else if let Cause::Reset { cycle } | Cause::LimitProjected { cycle, .. } = &cause {
            format!("usage/{cycle}/{}", cause.name())
        } else {
            format!("usage/{}", cause.name())
        };
        Self { key, cause, at }
    }

    /// Tells the customer that most of the allowance is used: once a cycle [EVT-20].
    #[must_use]
    pub fn approaching_limit(cycle: u64, at: Timestamp) -> Self {
        let cause = Cause::Notice(Notice::ApproachingLimit);
        Self { key: format!("notice/{cycle}/{}", cause.name()), cause, at }
    }

    /// Tells the customer that the plan has ended: once [EVT-20].
    #[must_use]
    pub fn plan_expired(at: Timestamp) -> Self {
        let cause = Cause::Notice(Notice::PlanExpired);
        Self { key: format!("notice/{}", cause.name()), cause, at }
    }

    /// Tells the customer of the renewal of a plan that renews itself: each reminder and each
    /// failed charge once, by its number.
    #[must_use]
    pub fn of_renewal(notice: Notice, number: u32, at: Timestamp) -> Self {
        let cause = Cause::Notice(notice);
        Self { key: format!("notice/{}/{number}", cause.name()), cause, at }
    }

    /// Raises what a message leads to; `id` names the message within its subscriber. What is
    /// not silent is public too, and the customer is told of it [MSG-08], [MSG-09], [EVT-20].
    #[must_use]
    pub fn of_message(id: &str, message: Message, is_public: bool, at: Timestamp) -> Vec<Self> {
        let mut out = Vec::new();
        let raise = |kind: &str, cause| Self { key: format!("message/{id}/{kind}"), cause, at };
        if message.rule.is_some() {
            out.push(raise("operator", Cause::OperatorMessage(message.clone())));
        }
        if is_public {
            let is_operators = message.rule.is_some();
            out.push(raise("public", Cause::PublicMessage(message)));
            if is_operators {
                out.push(raise("notice", Cause::Notice(Notice::OperatorMessage)));
            }
        }
        out
    }
}
