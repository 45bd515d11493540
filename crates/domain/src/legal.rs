//! Who sells, and what a customer agrees to when an order is placed: versions of texts, and the
//! right to withdraw.
//!
//! Implements the terms and the privacy policy of [PORT-67]. Not here: the texts themselves (the
//! brand's file) and how they are asked for (the server's review page).

/// Who sells, as receipts say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seller {
    /// The name of the company.
    pub name: String,
    /// Its address, in one line; absent = the brand's file says none.
    pub address: Option<String>,
    /// Its tax number; absent = it has none.
    pub tax_id: Option<String>,
}

/// What becomes of the right to withdraw of a customer who wants the plan at once (Directive
/// 2011/83/EU, articles 7(3) and 16).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// It stays; what was used until then is paid.
    Kept,
    /// It is lost once the plan is active.
    Lost,
}

impl Right {
    /// Returns the stable name of files and of the store.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Lost => "lost",
        }
    }

    /// Reads what [`Self::name`] returned.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Kept, Self::Lost].into_iter().find(|right| right.name() == name)
    }
}

/// A right to withdraw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// What becomes of it.
    pub right: Right,
    /// How many days after the order it may be used.
    pub days: u16,
}

/// What was agreed to: words that name texts, no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Which terms.
    pub terms_version: String,
    /// Which privacy notice.
    pub privacy_version: String,
    /// What was said of the right to withdraw; absent = the brand says nothing of it.
    pub withdrawal: Option<Withdrawal>,
}
