//! Amounts of money, in Italian and English spelling.

use regex::{Captures, Regex};

use super::count::in_words;
use super::{Hit, stands_alone};
use crate::nlu::pattern;

/// Finds amounts.
#[derive(Debug)]
pub(super) struct Amounts {
    digits: Regex,
    words: Regex,
}

impl Amounts {
    pub(super) fn compile() -> Result<Self, regex::Error> {
        const CURRENCY: &str = r"€|\$|£|euros?|eur|dollari|dollars?|usd|sterline|pounds?|gbp|chf";
        let text = format!(
            r"(?:(?P<before>{CURRENCY})\s?)?(?P<number>\d+(?:[.,'’]\d+)*)(?:,-)?(?:\s?(?P<after>{CURRENCY})(?:\se\s(?P<cents>\d{{2}})\b)?)?"
        );
        let words = format!(r"(?P<words>[a-z]{{3,20}}(?:-[a-z]{{3,5}})?)\s(?P<after>{CURRENCY})\b");
        Ok(Self { digits: pattern::compile(&text)?, words: pattern::compile(&words)? })
    }

    /// Amounts with a currency or with two decimals.
    pub(super) fn hits(&self, text: &str) -> Vec<Hit> {
        self.amounts(text)
            .into_iter()
            .filter(|amount| amount.sure)
            .map(|amount| amount.hit)
            .collect()
    }

    /// Every number that may be an amount, those with a currency or decimals first.
    pub(super) fn asked(&self, text: &str) -> Vec<Hit> {
        let mut all = self.amounts(text);
        all.sort_by_key(|amount| !amount.sure);
        all.into_iter().map(|amount| amount.hit).collect()
    }

    fn amounts(&self, text: &str) -> Vec<Amount> {
        let digits = self.digits.captures_iter(text).filter_map(|found| amount(text, &found));
        let words = self.words.captures_iter(text).filter_map(|found| spelled(text, &found));
        let mut all: Vec<Amount> = digits.chain(words).collect();
        all.sort_by_key(|amount| amount.hit.1.start);
        all
    }
}

struct Amount {
    hit: Hit,
    sure: bool,
}

fn amount(text: &str, captures: &Captures<'_>) -> Option<Amount> {
    let mut whole = captures.get(0)?.range();
    let mut cents_after = captures.name("cents");
    if cents_after.is_some_and(|cents| counts_things(&text[cents.end()..])) {
        cents_after = None;
        whole.end = captures.name("after")?.end();
    }
    if !stands_alone(text, &whole) {
        return None;
    }
    let written = captures.name("number")?.as_str();
    let (units, cents) = parsed(written)?;
    let cents = cents.or_else(|| Some(cents_after?.as_str().to_owned()));
    let currency = captures.name("before").or_else(|| captures.name("after"));
    let code = currency.map_or("", |currency| code(&currency.as_str().to_lowercase()));
    let value = format!("{units}.{} {code}", cents.as_deref().unwrap_or("00"));
    let sure = currency.is_some() || cents.is_some_and(|cents| cents.len() == 2);
    Some(Amount { hit: (value.trim_end().to_owned(), whole), sure })
}

/// Whether what follows a number says what it counts: "20 euro e 10 saponi", not "20 euro e 10
/// centesimi".
fn counts_things(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.starts_with(char::is_alphabetic)
        && !rest.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("cent"))
}

/// "Dieci euro", "twenty pounds".
fn spelled(text: &str, captures: &Captures<'_>) -> Option<Amount> {
    let whole = captures.get(0)?.range();
    let units = in_words(&captures.name("words")?.as_str().to_lowercase())?;
    let code = code(&captures.name("after")?.as_str().to_lowercase());
    let alone = stands_alone(text, &whole);
    alone.then(|| Amount { hit: (format!("{units}.00 {code}"), whole), sure: true })
}

/// Units and cents: a last group of one or two digits is cents, groups of three are thousands.
fn parsed(written: &str) -> Option<(u64, Option<String>)> {
    let mut groups: Vec<&str> = written.split(['.', ',', '\'', '’']).collect();
    let cents = match groups.last()?.len() {
        1 | 2 if groups.len() > 1 => groups.pop().map(|cents| format!("{cents:0<2}")),
        _ => None,
    };
    let thousands = groups.len() == 1
        || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
    thousands.then(|| groups.concat().parse().ok()).flatten().map(|units| (units, cents))
}

fn code(currency: &str) -> &'static str {
    match currency {
        "$" | "dollari" | "dollar" | "dollars" | "usd" => "USD",
        "£" | "sterline" | "pound" | "pounds" | "gbp" => "GBP",
        "chf" => "CHF",
        _ => "EUR",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sure(text: &str) -> Vec<String> {
        let hits = Amounts::compile().unwrap().hits(text);
        hits.into_iter().map(|(value, _)| value).collect()
    }

    #[test]
    fn amounts_in_both_spellings() {
        assert_eq!(sure("ho pagato 49,90 € invece di €39.5"), ["49.90 EUR", "39.50 EUR"]);
        assert_eq!(
            sure("1.299,00 euro, 1,299.00 EUR, 12 Euro"),
            ["1299.00 EUR", "1299.00 EUR", "12.00 EUR"]
        );
        assert_eq!(sure("$20 and 5 pounds, 10,25"), ["20.00 USD", "5.00 GBP", "10.25"]);
    }

    #[test]
    fn amounts_in_words_and_with_cents_after() {
        assert_eq!(sure("dieci euro"), ["10.00 EUR"]);
        assert_eq!(sure("Twenty-five pounds or 49 euro e 90"), ["25.00 GBP", "49.90 EUR"]);
        assert_eq!(sure("12 euro e 20 centesimi"), ["12.20 EUR"]);
        assert_eq!(sure("12 euro e 20 saponi"), ["12.00 EUR"]);
        assert!(sure("molti euro, tanti dollari").is_empty());
    }

    #[test]
    fn other_numbers_are_no_amounts_unless_asked_for() {
        assert!(sure("AB123456, 3 saponi, 22.11.2026, il 22/11, 12euroshop").is_empty());
        let asked = Amounts::compile().unwrap().asked("3 pezzi, 50 in tutto");
        assert_eq!(asked[0].0, "3.00");
        assert_eq!(Amounts::compile().unwrap().asked("3 pezzi, 50 €")[0].0, "50.00 EUR");
    }
}
