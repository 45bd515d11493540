//! The byte of the data coding scheme: alphabet and class (3GPP TS 23.038, chapters 4 and 5).
//!
//! Not here: decoding by it ([`super::body`]).

/// Names the alphabets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alphabet {
    /// The GSM 7-bit default alphabet.
    Gsm7,
    /// Octets that are no text.
    Octets,
    /// UCS-2, read as the UTF-16 that everybody sends.
    Ucs2,
}

/// Names the classes of a message, which say where it is kept [MSG-06].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// 0: shown at once.
    Flash,
    /// 1: kept on the device.
    Device,
    /// 2: kept on the SIM.
    Sim,
    /// 3: handed to other equipment.
    Terminal,
}

impl Class {
    /// Returns the number, 0 to 3.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Flash => 0,
            Self::Device => 1,
            Self::Sim => 2,
            Self::Terminal => 3,
        }
    }

    /// Takes the two lowest bits of a data coding scheme.
    const fn of(scheme: u8) -> Self {
        match scheme & 0b11 {
            0 => Self::Flash,
            1 => Self::Device,
            2 => Self::Sim,
            _ => Self::Terminal,
        }
    }
}

/// Says how the user data of a message are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coding {
    /// The alphabet.
    pub alphabet: Alphabet,
    /// The class, if the scheme says one.
    pub class: Option<Class>,
    /// Whether the text is compressed, in a way that nobody uses and that is not read.
    pub is_compressed: bool,
    /// What stands before the text.
    pub prefix: Prefix,
}

/// Names what stands before the text of some USSD strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// Nothing.
    None,
    /// The language: two letters and a carriage return in GSM 7-bit, or two letters in two
    /// octets of packed GSM 7-bit before UCS-2.
    Language,
}

impl Coding {
    /// The GSM 7-bit default alphabet without a class: scheme 0.
    pub const GSM7: Self = Self::of(Alphabet::Gsm7, None);

    const fn of(alphabet: Alphabet, class: Option<Class>) -> Self {
        Self { alphabet, class, is_compressed: false, prefix: Prefix::None }
    }

    /// Reads the scheme of an SMS. Reserved values mean the default alphabet (23.038, 4).
    #[must_use]
    pub const fn of_sms(scheme: u8) -> Self {
        match scheme >> 4 {
            // General, and the same for messages that may be deleted after reading.
            0b0000..=0b0111 => Self::general(scheme),
            // Messages that wait are told by an indication with or without a text.
            0b1110 => Self::of(Alphabet::Ucs2, None),
            0b1111 => Self::with_class(scheme),
            _ => Self::GSM7,
        }
    }

    /// Reads the scheme of a USSD string. Reserved values mean the default alphabet (23.038, 5).
    #[must_use]
    pub const fn of_ussd(scheme: u8) -> Self {
        match (scheme >> 4, scheme & 0xF) {
            (0b0001, 0) => Self { prefix: Prefix::Language, ..Self::GSM7 },
            (0b0001, 1) => Self { prefix: Prefix::Language, ..Self::of(Alphabet::Ucs2, None) },
            (0b0100..=0b0111, _) => Self::general(scheme),
            (0b1001, _) => Self::of(alphabet_bits(scheme), Some(Class::of(scheme))),
            (0b1111, _) => Self::with_class(scheme),
            _ => Self::GSM7,
        }
    }

    const fn general(scheme: u8) -> Self {
        let class = if scheme & 0x10 == 0 { None } else { Some(Class::of(scheme)) };
        let is_compressed = scheme & 0x20 != 0;
        Self { is_compressed, ..Self::of(alphabet_bits(scheme), class) }
    }

    const fn with_class(scheme: u8) -> Self {
        let alphabet = if scheme & 0b100 == 0 { Alphabet::Gsm7 } else { Alphabet::Octets };
        Self::of(alphabet, Some(Class::of(scheme)))
    }

    /// Returns the scheme of an SMS of this alphabet and class that is sent.
    #[must_use]
    pub const fn scheme(alphabet: Alphabet, class: Option<Class>) -> u8 {
        let alphabet = match alphabet {
            Alphabet::Gsm7 => 0b0000,
            Alphabet::Octets => 0b0100,
            Alphabet::Ucs2 => 0b1000,
        };
        match class {
            None => alphabet,
            Some(class) => 0x10 | alphabet | class.number(),
        }
    }
}

const fn alphabet_bits(scheme: u8) -> Alphabet {
    match scheme & 0b1100 {
        0b0100 => Alphabet::Octets,
        0b1000 => Alphabet::Ucs2,
        _ => Alphabet::Gsm7,
    }
}
