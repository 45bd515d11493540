//! The tables of [`super::locale`], in lower case.
//!
//! Not here: how they are looked up. Sources: Unicode CLDR 44 for signs and months, Windows'
//! language strings for names and for months that differ there.

use super::number::Signs;

/// How one language writes.
pub(super) struct Language {
    /// The code of BCP 47, then the names of the C runtime.
    pub(super) names: &'static [&'static str],
    /// The signs of numbers.
    pub(super) signs: Signs,
    /// Countries where others are in use.
    pub(super) elsewhere: &'static [(&'static str, Signs)],
    /// Whether the signs of a country that is not listed are unknown.
    pub(super) depends_on_country: bool,
    /// Twelve months with `,` between them, several names of one with `/`; a full stop behind a
    /// name is left out.
    pub(super) months: &'static str,
}

impl Language {
    const fn new(names: &'static [&'static str], signs: Signs, months: &'static str) -> Self {
        Self { names, signs, elsewhere: &[], depends_on_country: false, months }
    }

    const fn but(mut self, elsewhere: &'static [(&'static str, Signs)]) -> Self {
        self.elsewhere = elsewhere;
        self
    }

    const fn depending_on_country(mut self) -> Self {
        self.depends_on_country = true;
        self
    }
}

/// The languages.
pub(super) static LANGUAGES: &[Language] = &[
    Language::new(
        &["en", "english", "enu", "eng", "american", "usa"],
        Signs::Dot,
        "jan,feb,mar,apr,may,jun,jul,aug,sep/sept,oct,nov,dec",
    )
    .but(&[("za", Signs::CommaBlank), ("in", Signs::DotPairs)]),
    Language::new(
        &["de", "german", "deu"],
        Signs::Comma,
        "jan,feb,mrz/mär/märz,apr,mai,jun/juni,jul/juli,aug,sep/sept,okt,nov,dez",
    )
    .but(&[
        ("at", Signs::CommaEither),
        ("ch", Signs::DotApostrophe),
        ("li", Signs::DotApostrophe),
    ]),
    Language::new(
        &["fr", "french", "fra"],
        Signs::CommaBlank,
        "janv,févr/fevr,mars,avr,mai,juin,juil,août/aout,sept,oct,nov,déc/dec",
    )
    .but(&[("lu", Signs::Comma)]),
    Language::new(
        &["es", "spanish", "esp", "esn"],
        Signs::Comma,
        "ene,feb,mar,abr,may,jun,jul,ago,sep/sept,oct,nov,dic",
    )
    .but(&[
        ("es", Signs::Comma),
        ("ar", Signs::Comma),
        ("bo", Signs::Comma),
        ("cl", Signs::Comma),
        ("co", Signs::Comma),
        ("ec", Signs::Comma),
        ("py", Signs::Comma),
        ("uy", Signs::Comma),
        ("ve", Signs::Comma),
        ("cr", Signs::CommaEither),
        ("mx", Signs::Dot),
        ("do", Signs::Dot),
        ("gt", Signs::Dot),
        ("hn", Signs::Dot),
        ("ni", Signs::Dot),
        ("pa", Signs::Dot),
        ("pe", Signs::Dot),
        ("pr", Signs::Dot),
        ("sv", Signs::Dot),
        ("us", Signs::Dot),
    ])
    .depending_on_country(),
    Language::new(
        &["it", "italian", "ita"],
        Signs::Comma,
        "gen,feb,mar,apr,mag,giu,lug,ago,set,ott,nov,dic",
    )
    .but(&[("ch", Signs::DotApostrophe)]),
    Language::new(
        &["pt", "portuguese", "ptg"],
        Signs::CommaEither,
        "jan,fev,mar,abr,mai,jun,jul,ago,set,out,nov,dez",
    )
    .but(&[("br", Signs::Comma)]),
    Language::new(
        &["nl", "dutch", "nld"],
        Signs::Comma,
        "jan,feb,mrt,apr,mei,jun,jul,aug,sep,okt,nov,dec",
    ),
    Language::new(
        &["da", "danish", "dan"],
        Signs::Comma,
        "jan,feb,mar,apr,maj,jun,jul,aug,sep,okt,nov,dec",
    ),
    Language::new(
        &["nb", "no", "nn", "norwegian", "nor", "non", "norsk"],
        Signs::CommaBlank,
        "jan,feb,mar/mars,apr,mai,jun/juni,jul/juli,aug,sep,okt,nov,des",
    ),
    Language::new(
        &["sv", "swedish", "sve"],
        Signs::CommaBlank,
        "jan,feb,mar/mars,apr,maj,jun/juni,jul/juli,aug,sep,okt,nov,dec",
    ),
    Language::new(
        &["fi", "finnish", "fin"],
        Signs::CommaBlank,
        "tammi,helmi,maalis,huhti,touko,kesä,heinä,elo,syys,loka,marras,joulu",
    ),
    Language::new(
        &["is", "icelandic", "isl"],
        Signs::Comma,
        "jan,feb,mar,apr,maí,jún,júl,ágú,sep,okt,nóv,des",
    ),
    Language::new(
        &["pl", "polish", "plk"],
        Signs::CommaBlank,
        "sty,lut,mar,kwi,maj,cze,lip,sie,wrz,paź,lis,gru",
    ),
    Language::new(
        &["cs", "czech", "csy"],
        Signs::CommaBlank,
        "led,úno,bře,dub,kvě,čvn,čvc,srp,zář,říj,lis,pro",
    ),
    Language::new(
        &["sk", "slovak", "sky"],
        Signs::CommaBlank,
        "jan,feb,mar,apr,máj,jún,júl,aug,sep,okt,nov,dec",
    ),
    Language::new(
        &["hu", "hungarian", "hun"],
        Signs::CommaBlank,
        "jan,febr,márc,ápr,máj,jún,júl,aug,szept,okt,nov,dec",
    ),
    Language::new(
        &["ro", "romanian", "rom"],
        Signs::Comma,
        "ian,feb,mar,apr,mai,iun,iul,aug,sept/sep,oct,nov,dec",
    ),
    Language::new(
        &["bg", "bulgarian", "bgr"],
        Signs::CommaBlank,
        "яну,фев,март,апр,май,юни,юли,авг,сеп,окт,ное,дек",
    ),
    Language::new(
        &["el", "greek", "ell"],
        Signs::Comma,
        "ιαν,φεβ,μαρ,απρ,μαϊ/μαΐ,ιουν,ιουλ,αυγ,σεπ,οκτ,νοε,δεκ",
    ),
    Language::new(
        &["tr", "turkish", "trk"],
        Signs::Comma,
        "oca,şub,mar,nis,may,haz,tem,ağu,eyl,eki,kas,ara",
    ),
    Language::new(
        &["ru", "russian", "rus"],
        Signs::CommaBlank,
        "янв,фев/февр,мар/март,апр,май/мая,июн/июнь,июл/июль,авг,сен/сент,окт,ноя/нояб,дек",
    ),
    Language::new(
        &["uk", "ukrainian", "ukr"],
        Signs::CommaBlank,
        "січ,лют,бер,кві/квіт,тра/трав,чер/черв,лип,сер/серп,вер,жов/жовт,лис/лист,гру/груд",
    ),
    Language::new(
        &["be", "belarusian", "bel"],
        Signs::CommaBlank,
        "сту,лют,сак,кра,май/мая,чэр,ліп,жні,вер,кас,ліс,сне",
    ),
    Language::new(
        &["sr", "serbian", "srb"],
        Signs::Comma,
        "јан/jan,феб/feb,мар/mar,апр/apr,мај/maj,јун/jun,јул/jul,авг/avg,сеп/sep,\
         окт/okt,нов/nov,дец/dec",
    ),
    Language::new(
        &["hr", "croatian", "hrv"],
        Signs::Comma,
        "sij,velj/vlj,ožu,tra,svi,lip,srp,kol,ruj,lis,stu,pro",
    ),
    Language::new(
        &["bs", "bosnian", "bsb"],
        Signs::Comma,
        "jan,feb,mar,apr,maj,jun,jul,avg/aug,sep,okt,nov,dec",
    ),
    Language::new(
        &["sl", "slovenian", "slv"],
        Signs::Comma,
        "jan,feb,mar,apr,maj,jun,jul,avg,sep,okt,nov,dec",
    ),
    Language::new(
        &["mk", "macedonian", "mki"],
        Signs::Comma,
        "јан,фев,мар,апр,мај,јун,јул,авг,сеп/септ,окт,ное/ноем,дек",
    ),
    Language::new(
        &["sq", "albanian", "sqi"],
        Signs::CommaBlank,
        "jan,shk,mar,pri,maj,qer,korr,gush/gsh,sht,tet,nën,dhj",
    ),
    Language::new(
        &["et", "estonian", "eti"],
        Signs::CommaBlank,
        "jaan,veebr,märts,apr,mai,juuni,juuli,aug,sept,okt,nov,dets",
    ),
    Language::new(
        &["lv", "latvian", "lvi"],
        Signs::CommaBlank,
        "janv,febr,marts,apr,maijs,jūn,jūl,aug,sept,okt,nov,dec",
    ),
    Language::new(
        &["lt", "lithuanian", "lth"],
        Signs::CommaBlank,
        "saus,vas,kov,bal,geg,birž,liep,rugp,rugs,spal,lapkr,gruod",
    ),
    Language::new(
        &["he", "hebrew", "heb"],
        Signs::Dot,
        "ינו,פבר,מרץ,אפר,מאי,יונ/יוני,יול/יולי,אוג,ספט,אוק,נוב,דצמ",
    ),
    Language::new(
        &["ar", "arabic", "ara"],
        Signs::Dot,
        "يناير,فبراير,مارس,أبريل,مايو,يونيو,يوليو,أغسطس,سبتمبر,أكتوبر,نوفمبر,ديسمبر",
    )
    .but(&[
        ("sa", Signs::Dot),
        ("ae", Signs::Dot),
        ("eg", Signs::Dot),
        ("jo", Signs::Dot),
        ("kw", Signs::Dot),
        ("qa", Signs::Dot),
        ("bh", Signs::Dot),
        ("om", Signs::Dot),
        ("ye", Signs::Dot),
        ("iq", Signs::Dot),
        ("sy", Signs::Dot),
        ("dz", Signs::Comma),
        ("ma", Signs::Comma),
        ("tn", Signs::Comma),
        ("lb", Signs::Comma),
    ])
    .depending_on_country(),
    Language::new(
        &["hi", "hindi", "hin"],
        Signs::DotPairs,
        "जन,फ़र/फर,मार्च,अप्रैल,मई,जून,जुल/जुलाई,अग/अगस्त,सित,अक्टू,नव,दिस",
    ),
    Language::new(
        &["th", "thai", "tha"],
        Signs::Dot,
        "ม.ค,ก.พ,มี.ค,เม.ย,พ.ค,มิ.ย,ก.ค,ส.ค,ก.ย,ต.ค,พ.ย,ธ.ค",
    ),
    Language::new(
        &["vi", "vietnamese", "vit"],
        Signs::Comma,
        "thg 1/thg1,thg 2/thg2,thg 3/thg3,thg 4/thg4,thg 5/thg5,thg 6/thg6,\
         thg 7/thg7,thg 8/thg8,thg 9/thg9,thg 10/thg10,thg 11/thg11,thg 12/thg12",
    ),
    Language::new(
        &["id", "indonesian", "ind"],
        Signs::Comma,
        "jan,feb,mar,apr,mei,jun,jul,agu/agt,sep,okt,nov,des",
    ),
    Language::new(
        &["ms", "malay", "msl"],
        Signs::Dot,
        "jan,feb,mac,apr,mei,jun,jul,ogo/ogos,sep,okt,nov,dis",
    )
    .but(&[("bn", Signs::Comma)]),
    Language::new(
        &["zh", "chinese", "chs", "cht"],
        Signs::Dot,
        "1月,2月,3月,4月,5月,6月,7月,8月,9月,10月,11月,12月",
    ),
    Language::new(
        &["ja", "japanese", "jpn"],
        Signs::Dot,
        "1月,2月,3月,4月,5月,6月,7月,8月,9月,10月,11月,12月",
    ),
    Language::new(
        &["ko", "korean", "kor"],
        Signs::Dot,
        "1월,2월,3월,4월,5월,6월,7월,8월,9월,10월,11월,12월",
    ),
    Language::new(
        &["ca", "catalan", "cat"],
        Signs::Comma,
        "gen,febr/feb,març,abr,maig,juny,jul,ag,set,oct,nov,des",
    ),
    Language::new(
        &["eu", "basque", "euq"],
        Signs::Comma,
        "urt,ots,mar,api,mai,eka,uzt,abu,ira,urr,aza,abe",
    ),
    Language::new(
        &["gl", "galician", "glc"],
        Signs::Comma,
        "xan,feb,mar,abr,maio,xuño,xul,ago,set,out,nov,dec",
    ),
    Language::new(
        &["ga", "irish", "ire"],
        Signs::Dot,
        "ean,feabh,márta,aib,beal,meith,iúil,lún,mfómh,dfómh,samh,noll",
    ),
    Language::new(
        &["cy", "welsh", "cym"],
        Signs::Dot,
        "ion,chw/chwef,maw,ebr,mai,meh,gor/gorff,awst,medi,hyd,tach,rhag",
    ),
    Language::new(
        &["mt", "maltese", "mlt"],
        Signs::Dot,
        "jan,fra,mar,apr,mej,ġun,lul,aww,set,ott,nov,diċ",
    ),
    Language::new(
        &["af", "afrikaans", "afk"],
        Signs::CommaBlank,
        "jan,feb,mrt,apr,mei,jun,jul,aug,sep,okt,nov,des",
    ),
];

/// Countries on which signs depend: two letters, and the names of the C runtime.
pub(super) static COUNTRIES: &[(&str, &[&str])] = &[
    ("ae", &["uae", "are"]),
    ("ar", &["argentina", "arg"]),
    ("at", &["austria", "aut"]),
    ("bh", &["bahrain", "bhr"]),
    ("bn", &["brunei", "brn"]),
    ("bo", &["bolivia", "bol"]),
    ("br", &["brazil", "bra"]),
    ("ch", &["switzerland", "che"]),
    ("cl", &["chile", "chl"]),
    ("co", &["colombia", "col"]),
    ("cr", &["costa rica", "cri"]),
    ("do", &["dominican republic", "dom"]),
    ("dz", &["algeria", "dza"]),
    ("ec", &["ecuador", "ecu"]),
    ("eg", &["egypt", "egy"]),
    ("es", &["spain", "esp"]),
    ("gt", &["guatemala", "gtm"]),
    ("hn", &["honduras", "hnd"]),
    ("in", &["india", "ind"]),
    ("iq", &["iraq", "irq"]),
    ("jo", &["jordan", "jor"]),
    ("kw", &["kuwait", "kwt"]),
    ("lb", &["lebanon", "lbn"]),
    ("li", &["liechtenstein", "lie"]),
    ("lu", &["luxembourg", "lux"]),
    ("ma", &["morocco", "mar"]),
    ("mx", &["mexico", "mex"]),
    ("ni", &["nicaragua", "nic"]),
    ("om", &["oman", "omn"]),
    ("pa", &["panama", "pan"]),
    ("pe", &["peru", "per"]),
    ("pr", &["puerto rico", "pri"]),
    ("py", &["paraguay", "pry"]),
    ("qa", &["qatar", "qat"]),
    ("sa", &["saudi arabia", "sau"]),
    ("sv", &["el salvador", "slv"]),
    ("sy", &["syria", "syr"]),
    ("tn", &["tunisia", "tun"]),
    ("us", &["united states", "usa", "america"]),
    ("uy", &["uruguay", "ury"]),
    ("ve", &["venezuela", "ven"]),
    ("ye", &["yemen", "yem"]),
    ("za", &["south africa", "zaf"]),
];
