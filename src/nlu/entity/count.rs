//! Numbers in words, from nought to the hundreds, in Italian and English.

const UNITS: [(&str, &str); 21] = [
    ("zero", "nought"),
    ("uno", "one"),
    ("due", "two"),
    ("tre", "three"),
    ("quattro", "four"),
    ("cinque", "five"),
    ("sei", "six"),
    ("sette", "seven"),
    ("otto", "eight"),
    ("nove", "nine"),
    ("dieci", "ten"),
    ("undici", "eleven"),
    ("dodici", "twelve"),
    ("tredici", "thirteen"),
    ("quattordici", "fourteen"),
    ("quindici", "fifteen"),
    ("sedici", "sixteen"),
    ("diciassette", "seventeen"),
    ("diciotto", "eighteen"),
    ("diciannove", "nineteen"),
    ("venti", "twenty"),
];
const TENS: [(&str, &str); 8] = [
    ("venti", "twenty"),
    ("trenta", "thirty"),
    ("quaranta", "forty"),
    ("cinquanta", "fifty"),
    ("sessanta", "sixty"),
    ("settanta", "seventy"),
    ("ottanta", "eighty"),
    ("novanta", "ninety"),
];

/// The number that a folded word spells: "due", "ventuno", "trentacinque", "twenty-five", "cento".
pub(super) fn in_words(word: &str) -> Option<u16> {
    units(word).or_else(|| tens(word)).or_else(|| hundreds(word))
}

fn units(word: &str) -> Option<u16> {
    let at = UNITS.iter().position(|(it, en)| *it == word || *en == word)?;
    u16::try_from(at).ok()
}

fn tens(word: &str) -> Option<u16> {
    let (rest, ten) = TENS.iter().zip(2..).find_map(|((it, en), ten)| {
        let english = word.strip_prefix(en).map(|rest| rest.trim_start_matches(['-', ' ']));
        // "Ventuno" and "ventotto" lose a letter.
        let whole = || word.strip_prefix(it);
        let short = || {
            let rest = word.strip_prefix(it.get(..it.len() - 1)?)?;
            rest.starts_with(['u', 'o']).then_some(rest)
        };
        english.or_else(whole).or_else(short).map(|rest| (rest, ten))
    })?;
    let unit =
        if rest.is_empty() { 0 } else { units(rest).filter(|unit| (1..10).contains(unit))? };
    Some(ten * 10 + unit)
}

fn hundreds(word: &str) -> Option<u16> {
    let (count, rest) = word.split_once("cento").filter(|_| !word.is_empty())?;
    let count =
        if count.is_empty() { 1 } else { units(count).filter(|count| (2..10).contains(count))? };
    let rest = if rest.is_empty() { 0 } else { units(rest).or_else(|| tens(rest))? };
    Some(count * 100 + rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_from_words() {
        for (word, number) in [
            ("due", 2),
            ("sei", 6),
            ("twelve", 12),
            ("venti", 20),
            ("ventuno", 21),
            ("ventotto", 28),
            ("trentacinque", 35),
            ("novantanove", 99),
            ("twenty-five", 25),
            ("cento", 100),
            ("duecentocinquanta", 250),
        ] {
            assert_eq!(in_words(word), Some(number), "{word}");
        }
        for word in ["", "ventidieci", "treno", "tennis", "centotanti", "duecentesimo", "oneself"] {
            assert_eq!(in_words(word), None, "{word}");
        }
    }
}
