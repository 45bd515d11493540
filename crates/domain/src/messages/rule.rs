//! A rule as it is provisioned: which messages it is about and what their groups mean.
//!
//! Not here: what makes a rule invalid ([`super::book`]), the XML it came from. Implements the
//! types of [MSG-02], [MSG-07], [MSG-08], [MSG-16] to [MSG-20].

use crate::brand::PlanType;

/// A rule: messages of these bearers whose whole text matches the pattern [MSG-02].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Handed to the app with the message, so that it need not read it again [MSG-14].
    pub id: Option<String>,
    /// Whether only the operator's app sees the message [MSG-08].
    pub is_silent: bool,
    /// SMS that it is about: any of these [MSG-07].
    pub sms: Vec<SmsBearer>,
    /// Whether it is about USSD too [MSG-07].
    pub has_ussd: bool,
    /// Whether a sender of the right digits counts although the network did not say that they are
    /// an international number; known to the catalogue, not to the document [MSG-05].
    pub is_sender_tolerant: bool,
    /// A regular expression of ECMAScript for the whole text [MSG-10, MSG-11].
    pub pattern: String,
    /// The name of how numbers and dates are written; [`super::DEFAULT_LOCALE`] if absent.
    pub locale: Option<String>,
    /// The words for multiples, compared exactly [MSG-16, MSG-17].
    pub units: Vec<(Unit, Vec<String>)>,
    /// What the groups mean; a message without goes to the app unread [MSG-15].
    pub fields: Option<Fields>,
}

/// Which SMS a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmsBearer {
    /// The sender, with or without its `+`; any if absent [MSG-04].
    pub sender: Option<String>,
    /// Whether SMS of another class than 0, or of none, do not count [MSG-06].
    pub class_zero_only: bool,
}

/// What the groups mean; groups are counted from 1, and one that is absent or took no part in the
/// match says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    /// What is used, in bytes.
    pub usage: Option<NumberField>,
    /// What is used, in percent of the limit: the group.
    pub usage_percentage: Option<u32>,
    /// When it was counted.
    pub usage_timestamp: Option<TimeField>,
    /// What is used beyond the limit, in bytes.
    pub usage_overage: Option<NumberField>,
    /// What is used beyond the limit, in percent of it: the group.
    pub usage_overage_percentage: Option<u32>,
    /// The limit, in bytes.
    pub data_limit: Option<NumberField>,
    /// Whether the limit is exceeded.
    pub over_data_limit: Option<BooleanField>,
    /// Whether the network is congested.
    pub congested: Option<BooleanField>,
    /// The bandwidth to the host, in bit/s.
    pub inbound_bandwidth: Option<NumberField>,
    /// The bandwidth from the host, in bit/s.
    pub outbound_bandwidth: Option<NumberField>,
    /// What use costs.
    pub plan_type: Option<PlanTypeField>,
    /// Whether to fetch a new document.
    pub refresh_provisioning: Option<BooleanField>,
    /// Whether the subscription is active.
    pub activation_complete: Option<BooleanField>,
}

/// Where a number stands, and its unit [MSG-16].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberField {
    /// The group of the number.
    pub group: u32,
    /// The group of the word for its unit.
    pub unit_group: Option<u32>,
    /// Its unit without a known word.
    pub default_unit: Unit,
}

/// Where a time stands and how it is written [MSG-20].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeField {
    /// The group.
    pub group: u32,
    /// Identifiers such as `%d` between other characters.
    pub format: String,
    /// The word for the first half of a day.
    pub am_token: Option<String>,
    /// The word for the second half of a day.
    pub pm_token: Option<String>,
}

/// Where a yes or no stands [MSG-18].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BooleanField {
    /// The group.
    pub group: Option<u32>,
    /// Words for yes.
    pub true_tokens: Vec<String>,
    /// Words for no.
    pub false_tokens: Vec<String>,
    /// What holds without a known word.
    pub default: bool,
}

/// Where the type of the plan stands [MSG-19].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanTypeField {
    /// The group.
    pub group: Option<u32>,
    /// Words for each type, in the order in which they are looked through.
    pub tokens: Vec<(PlanType, Vec<String>)>,
    /// What holds without a known word; no change if absent.
    pub default: Option<PlanType>,
}

/// A multiple of a byte or of a bit a second [MSG-16].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// 1.
    #[default]
    None,
    /// 10³.
    K,
    /// 10⁶.
    M,
    /// 10⁹.
    G,
    /// 10¹².
    T,
    /// 2¹⁰.
    Ki,
    /// 2²⁰.
    Mi,
    /// 2³⁰.
    Gi,
    /// 2⁴⁰.
    Ti,
}

impl Unit {
    /// Every multiple.
    pub const ALL: [Self; 9] =
        [Self::None, Self::K, Self::M, Self::G, Self::T, Self::Ki, Self::Mi, Self::Gi, Self::Ti];

    /// Returns how many it stands for.
    #[must_use]
    pub const fn multiplier(self) -> u64 {
        match self {
            Self::None => 1,
            Self::K => 1_000,
            Self::M => 1_000_000,
            Self::G => 1_000_000_000,
            Self::T => 1_000_000_000_000,
            Self::Ki => 1 << 10,
            Self::Mi => 1 << 20,
            Self::Gi => 1 << 30,
            Self::Ti => 1 << 40,
        }
    }
}

impl Fields {
    /// Returns the fields that are numbers with a unit, by the names of their elements.
    pub fn numbers(&self) -> impl Iterator<Item = (FieldName, &NumberField)> {
        let numbers = [
            (FieldName::Usage, &self.usage),
            (FieldName::UsageOverage, &self.usage_overage),
            (FieldName::DataLimit, &self.data_limit),
            (FieldName::InboundBandwidth, &self.inbound_bandwidth),
            (FieldName::OutboundBandwidth, &self.outbound_bandwidth),
        ];
        numbers.into_iter().filter_map(|(name, field)| Some((name, field.as_ref()?)))
    }

    /// Returns each group that a field names.
    pub fn groups(&self) -> impl Iterator<Item = (FieldName, u32)> {
        let numbers = self.numbers().flat_map(|(name, field)| {
            [Some(field.group), field.unit_group].into_iter().flatten().map(move |g| (name, g))
        });
        let others = [
            (FieldName::UsagePercentage, self.usage_percentage),
            (FieldName::UsageTimestamp, self.usage_timestamp.as_ref().map(|field| field.group)),
            (FieldName::UsageOveragePercentage, self.usage_overage_percentage),
            (FieldName::OverDataLimit, self.over_data_limit.as_ref().and_then(|f| f.group)),
            (FieldName::Congested, self.congested.as_ref().and_then(|f| f.group)),
            (FieldName::PlanType, self.plan_type.as_ref().and_then(|f| f.group)),
            (
                FieldName::RefreshProvisioning,
                self.refresh_provisioning.as_ref().and_then(|f| f.group),
            ),
            (
                FieldName::ActivationComplete,
                self.activation_complete.as_ref().and_then(|f| f.group),
            ),
        ];
        numbers.chain(others.into_iter().filter_map(|(name, group)| Some((name, group?))))
    }

    /// Says whether any field holds a usage.
    #[must_use]
    pub const fn has_usage(&self) -> bool {
        self.usage.is_some()
            || self.usage_percentage.is_some()
            || self.usage_overage.is_some()
            || self.usage_overage_percentage.is_some()
    }
}

/// Names a field as its element is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldName {
    /// `Usage`
    Usage,
    /// `UsagePercentage`
    UsagePercentage,
    /// `UsageTimestamp`
    UsageTimestamp,
    /// `UsageOverage`
    UsageOverage,
    /// `UsageOveragePercentage`
    UsageOveragePercentage,
    /// `DataLimit`
    DataLimit,
    /// `OverDataLimit`
    OverDataLimit,
    /// `Congested`
    Congested,
    /// `InboundBandwidth`
    InboundBandwidth,
    /// `OutboundBandwidth`
    OutboundBandwidth,
    /// `PlanType`
    PlanType,
    /// `RefreshProvisioning`
    RefreshProvisioning,
    /// `ActivationComplete`
    ActivationComplete,
}

impl FieldName {
    /// Returns the name of the element.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "Usage",
            Self::UsagePercentage => "UsagePercentage",
            Self::UsageTimestamp => "UsageTimestamp",
            Self::UsageOverage => "UsageOverage",
            Self::UsageOveragePercentage => "UsageOveragePercentage",
            Self::DataLimit => "DataLimit",
            Self::OverDataLimit => "OverDataLimit",
            Self::Congested => "Congested",
            Self::InboundBandwidth => "InboundBandwidth",
            Self::OutboundBandwidth => "OutboundBandwidth",
            Self::PlanType => "PlanType",
            Self::RefreshProvisioning => "RefreshProvisioning",
            Self::ActivationComplete => "ActivationComplete",
        }
    }
}
