//! Patterns and texts that V8 is asked about: by hand, and generated from fixed seeds.

/// A pattern with texts to match.
pub(crate) struct Case {
    pub(crate) pattern: String,
    pub(crate) texts: Vec<String>,
}

/// Patterns, each with its texts.
#[rustfmt::skip]
const BY_HAND: &[(&str, &[&str])] = &[
    // What operators write.
    (r"USED ([0-9.]+) (kB|MB|MiB|GB) OF ([0-9.]+) (MB|GB) AT (\d{2}\.\d{2}\.\d{4} \d{2}:\d{2})",
        &["USED 7.34 GB OF 20 GB AT 11.03.2030 21:05",
          "USED 7.34 GB OF 20 GB AT 11.03.2030 21:05 "]),
    (r"([0-9]+)% of your ([0-9]+) GB used as of ([0-9]{2}/[0-9]{2})",
        &["75% of your 5 GB used as of 12/03", "75 % of your 5 GB used as of 12/03"]),
    (r"CFG (NEW|SAME) ACT (OK|WAIT)", &["CFG NEW ACT WAIT", "CFG SAME ACT OK", "CFG X ACT OK"]),
    (r"(\S+)(GB|MB) of (\S+)(GB|MB) used as of (\S+)",
        &["1.5GB of 2GB used as of 5:00PM", "1.5GB of 2GB used as of 5:00PM on 07 Jan"]),
    (r"[^]*", &["", "one\ntwo", "\u{1F600}\u{2028}", "a"]),
    (r"[\s\S]*", &["", "one\ntwo"]),
    (r".*",
        &["", "one", "one\ntwo", "one\r", "a\u{2028}", "a\u{2029}", "a\u{85}", "a\u{0B}",
          "\u{1F600}"]),
    // The whole text, and alternatives within it.
    ("a|ab", &["a", "ab", "abc", "b"]), ("(a|ab)(c|bcd)(d*)", &["abcd", "acd"]),
    ("^a$", &["a", "a\n", "\na"]), ("a^b", &["ab"]), ("$", &["", "\n"]), ("(?:^|b)a", &["a", "ba"]),
    ("^^a$$", &["a"]), ("a$|b", &["a", "b"]), ("", &["", "a"]), ("|a", &["", "a"]),
    ("a||b", &["", "b"]),
    ("()", &["", "a"]), ("(|a)b", &["b", "ab"]), ("(a|)(a|)", &["", "a", "aa"]),
    // Case and letters.
    ("Maß", &["Maß", "maß", "MASS"]), ("é", &["é", "e\u{301}"]), ("ſ|K", &["ſ", "s", "K", "k"]),
    // Classes.
    (r"\d+", &["123", "١٢٣", ""]), (r"\w+", &["aZ_9", "é", "ſ"]),
    (r"\W+", &["é", "- ", "\u{1F600}", "_"]),
    (r"\s+",
        &[" \t\n\u{0B}\u{0C}\r\u{A0}\u{1680}\u{2000}\u{200A}\u{2028}\u{2029}\
          \u{202F}\u{205F}\u{3000}\u{FEFF}",
          "\u{85}", "\u{180E}", "\u{200B}"]),
    (r"\S", &["\u{85}", "\u{FEFF}", "\u{1F600}", "a"]), (r"\D", &["١", "1"]),
    ("[]", &["", "a"]), ("[]a", &["a"]), ("a|[]", &["a"]), ("[]*", &["", "a"]),
    ("[^]", &["\n", "", "\u{1F600}"]),
    ("[a-]", &["a", "-", "b"]), ("[-a]", &["-"]), ("[a-c-e]", &["b", "-", "e", "d"]),
    (r"[\d-x]", &["5", "-", "x", "e"]),
    (r"[x-\d]", &["5", "-", "x"]), (r"[\w-]", &["-", "a"]), ("[--/]", &["-", ".", "/", ","]),
    ("[]-a]", &["]", "-a]"]),
    (r"[\]]", &["]"]), ("[^-]", &["-", "a"]), ("[[]", &["["]), ("[a^]", &["^"]),
    (r"[\b]", &["\u{8}", "b"]),
    (r"[\B]", &["B"]), (r"[\-a]", &["-", "a", "\\"]), (r"[\s\d]", &[" ", "4", "a"]),
    (r"[^\s\d]", &[" ", "4", "a"]),
    ("[&&a]", &["&", "a"]), ("[a~~b]", &["~"]), ("[a--b]", &["-"]),
    ("[[:alpha:]]", &["a]", ":]", "b"]), ("[!-~]", &["a", " "]),
    (r"[\w-a]", &["-", "z"]), ("[.]", &[".", "a"]), ("[$^|()]+", &["$^|()"]), ("[^^]", &["^", "a"]),
    // Escapes.
    (r"\t\n\v\f\r", &["\t\n\u{0B}\u{0C}\r"]), (r"\cJ\cj\cZ", &["\n\n\u{1A}"]), (r"\c", &["\\c"]),
    (r"\c1", &["\\c1", "\u{11}"]),
    (r"\c*", &["\\", "\\ccc", ""]), (r"[\c]", &["\\", "c", "*"]), (r"[\c1]", &["\u{11}", "1", "c"]),
    (r"[\c_]", &["\u{1F}"]), (r"[\c*]", &["*", "c"]),
    (r"\x41\x4a", &["AJ"]), (r"\x4", &["x4"]), (r"\x", &["x"]), (r"\u0041", &["A"]),
    (r"\u004", &["u004"]), (r"\u{41}", &["A", "u{41}"]),
    (r"\u{3}", &["uuu"]), (r"\0", &["\0"]), (r"\01", &["\u{1}"]), (r"\08", &["\u{0}8"]),
    (r"\1", &["\u{1}"]), (r"\7", &["\u{7}"]), (r"\8", &["8"]),
    (r"\9", &["9"]), (r"\18", &["\u{1}8"]), (r"\101", &["A"]), (r"\377", &["\u{FF}"]),
    (r"\400", &["\u{20}0", " 0"]), (r"\777", &["\u{3F}7"]),
    (r"[\1\8\101]+", &["\u{1}8A"]), (r"[\0]", &["\0"]), (r"[\400]", &[" ", "0"]),
    (r"\a\e\g\h\i\j\l\m\o\q\y\z\A\E\Z\_", &["aeghijlmoqyzAEZ_"]),
    (r"\p{L}", &["p{L}", "a"]), (r"\P", &["P"]), (r"\k", &["k"]), (r"\k<a>", &["k<a>"]),
    (r"\-\/\#\ \~\&\%", &["-/# ~&%"]), (r"\é", &["é"]),
    (r"\^\$\\\.\*\+\?\(\)\[\]\{\}\|", &["^$\\.*+?()[]{}|"]), ("\\\n", &["\n"]), ("a/b", &["a/b"]),
    ("# a", &["# a"]),
    // Braces of Annex B.
    ("a{", &["a{"]), ("a{1", &["a{1"]), ("a{,1}", &["a{,1}", "a"]), ("{", &["{"]), ("}", &["}"]),
    ("]", &["]"]), ("a{1}{", &["a{"]), ("x{a}", &["x{a}"]),
    ("{a}", &["{a}"]), ("a{1,a}", &["a{1,a}"]), ("{,5}", &["{,5}"]), ("a{ 1}", &["a{ 1}"]),
    ("a{2}", &["a", "aa", "aaa"]), ("a{2,}", &["a", "aaaa"]),
    ("a{1,2}", &["", "a", "aa", "aaa"]), ("a{0}", &["", "a"]), ("(a){0}b", &["b", "ab"]),
    ("a{0,0}", &[""]), ("a{01}", &["a"]), ("a{99999999999}", &["a"]),
    ("a{0,99999999999}", &["", "aaa"]), ("(?:a{3}){2}", &["aaaaaa", "aaaaa"]),
    // Lazy, greedy, and who takes what.
    ("(a*)(a*)", &["aaa"]), ("(a*?)(a*)", &["aaa"]), ("(a+?)(a*)", &["aaa"]),
    ("(a??)(a?)", &["a", "aa"]), ("(a{1,2}?)(a*)", &["aaa"]), ("(.*)(\\d+)", &["ab123"]),
    ("(.*?)(\\d+)", &["ab123"]), ("(a|b)*?c", &["abc"]), ("(?:a|(b))c", &["ac", "bc"]),
    // Groups inside repeated groups, and empty rounds.
    ("(?:(a)|b)*", &["ab", "ba", ""]), ("(?:(a)|(b))+", &["ab", "ba"]),
    ("(z)((a+)?(b+)?(c))*", &["zaacbbbcac"]), ("(a*)*", &["", "aa", "b"]), ("(a*)+", &["", "aa"]),
    ("(a*)?", &["", "a"]), ("(?:a?)*?b", &["aab", "b"]), ("(?:a*?)*", &["aa"]),
    ("(?:a|b*)*", &["abba", ""]), ("(a?)*?b", &["ab"]), ("(?:()|a)*", &["aa", ""]),
    ("(?:|a)*(a*)", &["aa"]), ("(?:a|)*(a*)", &["aa"]), ("(?:(\\d+) (\\w+);)+", &["1 a;22 bb;"]),
    ("(?:(a)(b)?)+", &["aba", "abab"]), ("((a)|b)*", &["ab"]), ("(\\w )*(\\w)", &["a b c"]),
    ("(?:(?:(a)|b)c)?", &["ac", "bc", ""]), ("(?:(a)?b)?", &["ab", "b", ""]),
    ("(a?)??", &["", "a"]), ("(?:\\b)*a", &["a"]), ("(?:(a)|b){2}", &["ab", "ba"]),
    ("(|a){3}", &["", "aa", "aaa"]), ("(|a)+", &["", "a", "aa"]),
    ("(?:x|(y)|z)+", &["xyz", "zy"]), ("((?:a|b)+)(?:,((?:a|b)+))*", &["ab,b,a", "a"]),
    // Boundaries.
    (r"\ba\b", &["a"]), (r"\b", &["", "a"]), (r"\B", &["", "a"]), (r"a\bb", &["ab"]),
    (r"a\Bb", &["ab"]), (r"é\bé", &["éé"]), (r"é\ba", &["éa"]), (r".\b.", &["a ", "ab", " a"]),
    (r".\B.", &["a ", "ab", "  ", "é "]), (r"\B\u{1F600}\B", &["\u{1F600}"]),
    (r"\B..\B", &["\u{1F600}"]),
    // Look-around.
    ("(?=a)a", &["a", "b"]), ("(?!a).", &["a", "b"]), ("(?=(a+))a*b\\1", &["aab", "aabaa"]),
    (".(?<=a)", &["a", "b"]), (".(?<!a)", &["a", "b"]), ("(?=a)*", &["", "a"]), ("(?=a)*a", &["a"]),
    ("(?=(a))?a", &["a"]), ("(?=(a)){2}a", &["a"]), ("(?!a)+b", &["b"]),
    ("(?!(a)\\1)..", &["ab", "aa"]), ("(?:(?=(a))a)+b", &["aab"]), (".*(?<=(\\d)(\\d))", &["12"]),
    (".*(?<=(\\d+)(\\d+))", &["1053"]),
    ("(?=(a)|b)..", &["ab", "ba"]), ("(?!(a)b)a.", &["ac", "ab"]), ("(?<=^)a", &["a"]),
    ("a(?=$)", &["a"]), ("(.)(?<=\\1.)b", &["ab", "bb"]), ("a.(?<=(?=a).)", &["aa", "ab"]),
    (".*(?<!\\d{2})", &["a1", "12"]),
    // References.
    (r"(a)\1", &["aa", "ab"]), (r"(a*)\1", &["", "aa", "aaaa", "aaa"]), (r"\1(a)", &["a", "aa"]),
    (r"(a)|\1b", &["a", "b"]), (r"(\1a)", &["a"]), (r"(a)(b)\2\1", &["abba"]),
    (r"(a)\2", &["a\u{2}"]), (r"(a)\10", &["a\u{8}"]),
    (r"(a\1)", &["a", "aa"]), (r"(?:(a)|b)*\1", &["ab", "aba", "aa"]), (r"(?<n>a)\k<n>", &["aa"]),
    (r"\k<n>(?<n>a)", &["a"]), (r"(?<n>.)(?<m>.)\k<m>\k<n>", &["abba"]), (r"(?<$_9>a)", &["a"]),
    (r"(?<\u0061b>a)\k<ab>", &["aa"]),
    (r"(?<é>a)", &["a"]), (r"(?<\u{61}>a)\k<a>", &["aa"]),
    (r"(.)\1", &["\u{1F600}\u{1F600}", "\u{1F600}"]), (r"(a)[\1]", &["a\u{1}"]),
    // Beyond U+FFFF: two code units.
    (".", &["\u{1F600}", "a"]), ("..", &["\u{1F600}"]), ("(.)(.)", &["\u{1F600}", "a\u{1F600}"]),
    ("\u{1F600}", &["\u{1F600}", "\u{1F601}"]),
    ("\u{1F600}+", &["\u{1F600}", "\u{1F600}\u{1F600}", "\u{1F600}a"]),
    ("[\u{1F600}]", &["\u{1F600}"]), ("[\u{1F600}]{2}", &["\u{1F600}", "\u{1F601}"]),
    ("[^\u{1F600}]+", &["\u{1F600}", "\u{1F601}", "\u{1F9FF}"]), (r"\uD83D\uDE00", &["\u{1F600}"]),
    (r"\uD83D", &["\u{1F600}"]), (r"[\uD83D](.)", &["\u{1F600}"]),
    (r"[\uD800-\uDFFF]+", &["\u{1F600}\u{10FFFF}", "a"]),
    (r"[^\uD800-\uDBFF]+", &["a", "\u{1F600}"]), (r"\D\D", &["\u{1F600}"]),
    (r"(\S)(\S)", &["\u{10FFFF}"]), (r"[\uE000-\uFFFF]", &["\u{E000}", "\u{1F600}", "\u{FFFF}"]),
    ("\u{100000}(.*)", &["\u{100000}a", "\u{100000}"]),
    ("a.c", &["a\u{FFFF}c", "a\u{1F600}c"]), ("(.*)-(.*)", &["\u{1F600}-\u{1F601}x"]),
    (r"(.)(.)-é", &["\u{1F600}-é"]), ("\\\u{1F600}", &["\u{1F600}"]),
    ("(?<!.)..(?!.)", &["\u{1F600}"]), ("\u{1F600}|\u{1F601}", &["\u{1F601}"]),
    // What is no pattern.
    ("(", &[]), (")", &[]), ("a)", &[]), ("(a", &[]), ("[", &[]), ("[a", &[]), ("*", &[]),
    ("+a", &[]), ("?", &[]), ("a**", &[]), ("a+++", &[]), ("a???", &[]), ("^*", &[]), ("$+", &[]),
    ("\\b*", &[]), ("\\B?", &[]), ("(?<=a)*", &[]), ("(?<!a)+", &[]), ("(*)", &[]), ("a|*", &[]),
    ("{1}", &[]), ("a{1}{2}", &[]), ("a{2,1}", &[]), ("{1,}", &[]), ("[b-a]", &[]),
    (r"[\d-a-z]", &["-", "5"]), ("(?a)", &[]), ("(?)", &[]), ("(?", &[]), ("(?<a", &[]),
    ("(?<>a)", &[]), ("(?<1>a)", &[]), ("(?<a>b)(?<a>c)", &[]), (r"(?<a>b)\k", &[]),
    (r"(?<a>b)\k<c>", &[]), (r"(?<a>b)\k<a", &[]),
    (r"(?<a>b)[\k]", &[]), (r"\k<a>(?<b>c)", &[]), ("\\", &[]), ("a\\", &[]), ("[\\", &[]),
    ("a)(?:b", &[]), ("(?>a)", &[]), ("(?#a)", &[]), ("(?P<a>b)", &[]), ("a++", &[]),
    ("[a-\\", &[]), ("(?<a-b>c)", &[]), ("^{2}", &[]), ("(?:^)*a", &["a"]), ("(?:\\b){2}", &[]),
    (r"[z-\x61]", &[]), (r"[\u0062-\u0061]", &[]),
];

/// Returns the patterns that are written by hand.
pub(crate) fn by_hand() -> Vec<Case> {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let case = |(pattern, texts): &(&str, &[&str])| Case {
        pattern: (*pattern).to_owned(),
        texts: owned(texts),
    };
    BY_HAND.iter().map(case).collect()
}

/// A row of numbers that looks random and is the same on every run.
struct Noise(u64);

impl Noise {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let end = u64::try_from(end).expect("small");
        usize::try_from((mixed ^ (mixed >> 31)) % end).expect("small")
    }

    fn one_of<'t>(&mut self, words: &[&'t str]) -> &'t str {
        words[self.below(words.len())]
    }

    fn row(&mut self, words: &[&str], length_max: usize) -> String {
        let length = self.below(length_max + 1);
        (0..length).map(|_| self.one_of(words)).collect()
    }
}

/// Parts of texts; `a` and `b` most of all, so that something matches.
const LETTERS: &[&str] =
    &["a", "a", "a", "b", "b", "a", "b", "1", " ", "-", "\n", "é", "\u{1F600}", "\\", "c", "_"];

/// Parts of patterns that stand alone.
#[rustfmt::skip]
const ATOMS: &[&str] = &[
    "a", "a", "a", "b", "b", "a", "b", ".", ".", "1", " ", "-", "é", "\u{1F600}", "[ab]", "[^a]",
    "[a-c1]", "[^]",
    "\\w", "\\d", "\\s", "\\W", "\\D", "\\S", "\\b", "\\B", "^", "$", "[]", "\\1", "\\2", "\\3",
    "\\uD83D", "[\\uD83D\\uDE00]",
    "[^\u{1F600}]", "\\x61", "\\u0062", "\\c", "\\cJ", "\\141", "{", "}", "]", "[\\w-]", "[\\d-a]",
    "[^\\s]", "(?:)", "\\0", "{,2}", "\\-",
];

const QUANTIFIERS: &[&str] =
    &["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,1}", "{0}", "{1,}", "{1,3}?", "{0,2}"];

fn pattern(noise: &mut Noise, depth: usize, names: &mut usize) -> String {
    if depth == 0 {
        return noise.one_of(ATOMS).to_owned();
    }
    let choice = noise.below(16);
    let mut inner = |noise: &mut Noise| pattern(noise, depth - 1, names);
    match choice {
        0..=4 => format!("{}{}", inner(noise), inner(noise)),
        5 => format!("{}{}{}", inner(noise), inner(noise), inner(noise)),
        6 | 7 => format!("(?:{}|{})", inner(noise), inner(noise)),
        8 | 9 => format!("({})", inner(noise)),
        10 | 11 => format!("(?:{}){}", inner(noise), noise.one_of(QUANTIFIERS)),
        12 => format!("({}){}", inner(noise), noise.one_of(QUANTIFIERS)),
        13 => format!("{}{}", noise.one_of(ATOMS), noise.one_of(QUANTIFIERS)),
        14 => {
            let open = noise.one_of(&["(?=", "(?!", "(?<=", "(?<!"]);
            format!("{open}{}){}", inner(noise), inner(noise))
        }
        _ => {
            let body = inner(noise);
            *names += 1;
            format!("(?<n{names}>{body}){}", noise.one_of(&["", "\\k<n1>"]))
        }
    }
}

/// Returns patterns of all that a pattern can have.
pub(crate) fn generated(count: usize) -> Vec<Case> {
    let mut noise = Noise(1);
    let mut case = |index: usize| {
        let pattern = pattern(&mut noise, 1 + index % 4, &mut 0);
        let texts = (0..8).map(|_| noise.row(LETTERS, 5)).collect();
        Case { pattern, texts }
    };
    (0..count).map(&mut case).collect()
}

/// Returns rows of the characters that have a meaning, most of which are no pattern.
pub(crate) fn noise(count: usize) -> Vec<Case> {
    #[rustfmt::skip]
    const MARKS: &[&str] = &[
        "(", ")", "(?:", ")", "(", ")", "[", "]", "[", "]", "[^", "{", "}", "{1", ",", "2}", "*",
        "+", "?", "|", "\\", "^",
        "$", "-", ".", "(?=", "(?!", "(?<=", "(?<!", "(?<a>", "a", "b", "a", "1", "0", "8", "k",
        "c", "x", "u", "\\k<a>", "\\c", "d", "B",
    ];
    let mut noise = Noise(2);
    let mut case = |_| {
        let mut pattern = noise.row(MARKS, 7);
        // Whether one name may be two groups' depends on the age of V8.
        while pattern.matches("(?<a>").count() > 1 {
            pattern = noise.row(MARKS, 7);
        }
        let texts = (0..4).map(|_| noise.row(&["a", "b", "1", "(", "{", "\\", "-"], 4)).collect();
        Case { pattern, texts }
    };
    (0..count).map(&mut case).collect()
}
