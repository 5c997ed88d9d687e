//! Numbers that must not be kept: payment cards and bank accounts (IBAN), whatever stands between
//! their digits. They are masked before anything is stored, logged or learned from.
//!
//! A masked number keeps what people need to tell it by: `••••1111` for a card, `IT••••3456` for an
//! account. Only numbers whose checksum holds are masked, so that order numbers stay readable.

mod card;
mod iban;
mod signs;

use std::borrow::Cow;
use std::ops::Range;

use self::signs::Signs;

/// What stands for the digits that are gone.
pub(super) const GONE: &str = "••••";
/// How many digits stay readable.
const KEPT: usize = 4;
/// Fewer letters and digits than this hold no such number.
const LEAST: usize = 12;

/// What kind of number was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Card,
    Iban,
}

/// A number that must not be kept, by its byte range, with what may be shown of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Secret {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
    pub(super) shown: String,
}

/// The text with every valid card number and IBAN masked. Linear in its length; borrowed when there
/// is nothing to mask.
#[must_use]
pub fn masked(text: &str) -> Cow<'_, str> {
    without(text, secrets(text))
}

/// As [`masked`], but accounts stay: what people at the desk write may tell where to pay.
#[must_use]
pub fn without_cards(text: &str) -> Cow<'_, str> {
    let mut found = secrets(text);
    found.retain(|secret| secret.kind == Kind::Card);
    without(text, found)
}

fn without(text: &str, found: Vec<Secret>) -> Cow<'_, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut masked, mut end) = (String::with_capacity(text.len()), 0);
    for secret in found {
        masked.push_str(&text[end..secret.span.start]);
        masked.push_str(&secret.shown);
        end = secret.span.end;
    }
    masked.push_str(&text[end..]);
    Cow::Owned(masked)
}

/// Every valid number, in order; none touches another.
pub(super) fn secrets(text: &str) -> Vec<Secret> {
    if text.len() < LEAST || !text.chars().any(|c| signs::digit(c).is_some()) {
        return Vec::new();
    }
    let signs = Signs::of(text);
    let (mut found, mut at) = (Vec::new(), 0);
    while at < signs.len() {
        let taken = iban::at(&signs, at).or_else(|| card::at(&signs, at));
        let Some((length, kind)) = taken else {
            at += 1;
            continue;
        };
        let shown = shown(&signs, at, length, kind);
        found.push(Secret { kind, span: signs.span(at..at + length), shown });
        at += length;
    }
    found
}

fn shown(signs: &Signs, at: usize, length: usize, kind: Kind) -> String {
    let last: String = signs.written(at + length - KEPT..at + length);
    match kind {
        Kind::Card => format!("{GONE}{last}"),
        Kind::Iban => format!("{}{GONE}{last}", signs.written(at..at + 2)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cards_of_every_brand_and_spelling_are_masked() {
        for (text, expected) in [
            ("4111111111111111", "••••1111"),
            ("carta 4111 1111 1111 1111 scad 12/27", "carta ••••1111 scad 12/27"),
            ("4111-1111-1111-1111.", "••••1111."),
            ("4111.1111.1111.1111", "••••1111"),
            ("4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "••••1111"),
            ("4111\u{200b}1111\u{a0}1111\u{2009}1111", "••••1111"),
            ("４１１１ １１１１ １１１１ １１１１", "••••1111"),
            ("٤١١١ ١١١١ ١١١١ ١١١١", "••••1111"),
            ("n.4111111111111111x", "n.••••1111x"),
            ("4111 1111 1111 1111 12/27 123", "••••1111 12/27 123"),
            ("3782 822463 10005", "••••0005"),
            ("30569309025904", "••••5904"),
            ("6011 1111 1111 1117", "••••1117"),
            ("3530111333300000", "••••0000"),
            ("5555 5555 5555 4444", "••••4444"),
            ("2223003122003222", "••••3222"),
            ("6759 6498 2643 8453", "••••8453"),
            ("4222222222222", "••••2222"),
            ("4111\n1111\n1111\n1111", "••••1111"),
            ("4111\u{1}1111\u{0}1111\u{7f}1111", "••••1111"),
            ("4111    1111 \t  1111    1111", "••••1111"),
            ("4111:1111:1111:1111", "••••1111"),
            ("(4111) (1111) (1111) (1111)", "(••••1111)"),
            ("la 4111111111111111 e la 5555555555554444", "la ••••1111 e la ••••4444"),
        ] {
            assert_eq!(masked(text), expected, "{text}");
        }
    }

    #[test]
    fn accounts_of_many_countries_and_spellings_are_masked() {
        for (text, expected) in [
            ("IT60X0542811101000000123456", "IT••••3456"),
            ("iban: it60 x054 2811 1010 0000 0123 456.", "iban: IT••••3456."),
            ("IT 60 X 05428 11101 000000123456", "IT••••3456"),
            ("IT60.X054.2811.1010.0000.0123.456", "IT••••3456"),
            ("IT60-X0542811101000000123456 grazie", "IT••••3456 grazie"),
            ("IBANIT60X0542811101000000123456", "IBANIT••••3456"),
            ("DE89 3704 0044 0532 0130 00", "DE••••3000"),
            ("GB29NWBK60161331926819", "GB••••6819"),
            ("FR14 2004 1010 0505 0001 3M02 606", "FR••••2606"),
            ("CH93 0076 2011 6238 5295 7", "CH••••2957"),
            ("SM86 U032 2509 8000 0000 0270 100", "SM••••0100"),
            ("ＩＴ６０X0542811101000000123456", "IT••••3456"),
        ] {
            assert_eq!(masked(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_neither_stays_as_it_is() {
        for text in [
            "",
            "AB123456",
            "4111111111111112",
            "IT61X0542811101000000123456",
            "+39 333 1234567",
            "ordine 123456 del 22/11/2026, 3 pezzi da 49,90 €",
            "il 12 dicembre 2026 ho ordinato una crema",
            "1795345200000",
            "9788806234560",
            "0000000000000000",
            "12345678901234567890123456789012345678901234567890",
            "me 10 saponi e 20 candele per il 3 marzo",
            "••••1111 4567",
        ] {
            assert_eq!(masked(text), text);
        }
    }

    #[test]
    fn at_the_desk_accounts_stay() {
        let said = "paghi su IT60X0542811101000000123456, non con 4111111111111111";
        assert_eq!(without_cards(said), "paghi su IT60X0542811101000000123456, non con ••••1111");
    }

    #[test]
    fn a_megabyte_of_digits_is_read_in_linear_time() {
        for unit in ["4", "41 ", "IT60 ", "4111 1111 1111 1112 ", "\u{200b}", "a1"] {
            let text = unit.repeat(1_000_000 / unit.len());
            let _ = masked(&text);
        }
        let many = "4111111111111111 ".repeat(10_000);
        assert_eq!(secrets(&many).len(), 10_000);
    }

    /// A number of `length` digits with its check digit.
    fn card(start: &str, length: usize, fill: &[u8]) -> String {
        let mut digits: Vec<u8> = start.bytes().map(|byte| byte - b'0').collect();
        digits.extend(fill.iter().take(length - 1 - start.len()).map(|digit| digit % 10));
        let sum: u32 = digits.iter().rev().enumerate().fold(0, |sum, (at, digit)| {
            let twice = u32::from(*digit) * if at % 2 == 0 { 2 } else { 1 };
            sum + twice / 10 + twice % 10
        });
        digits.push(u8::try_from((10 - sum % 10) % 10).unwrap());
        digits.iter().map(u8::to_string).collect()
    }

    fn brands() -> impl Strategy<Value = (&'static str, usize)> {
        let all = [
            ("4", 16),
            ("4", 13),
            ("4", 19),
            ("51", 16),
            ("2221", 16),
            ("34", 15),
            ("37", 15),
            ("36", 14),
            ("305", 14),
            ("6011", 16),
            ("35", 16),
            ("62", 17),
            ("6759", 18),
            ("50", 16),
        ];
        proptest::sample::select(all.to_vec())
    }

    /// The digits with something between them now and then.
    fn parted(digits: &str, between: &[Option<&str>]) -> String {
        let pairs = digits.chars().zip(between.iter().chain(std::iter::repeat(&None)));
        pairs.fold(String::new(), |text, (digit, after)| {
            format!("{text}{digit}{}", after.unwrap_or_default())
        })
    }

    fn gap() -> impl Strategy<Value = Option<&'static str>> {
        let gaps = [" ", ".", "-", "  ", "\u{a0}", "\u{200b}", " - ", "_", "/", ", "];
        proptest::option::weighted(0.3, proptest::sample::select(gaps.to_vec()))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_valid_card_survives(
            (start, length) in brands(),
            fill in proptest::collection::vec(0..10_u8, 20),
            between in proptest::collection::vec(gap(), 18),
            before in "[a-z ,:]{0,12}",
            after in "([a-z ,:!?][a-z ,:]{0,11})?",
        ) {
            let number = card(start, length, &fill);
            let text = format!("{before}{}{after}", parted(&number, &between));
            let kept: String = masked(&text).chars().filter(char::is_ascii_digit).collect();
            prop_assert!(kept.len() <= 4, "{text}: {}", masked(&text));
        }

        #[test]
        fn no_valid_account_survives(
            digits in "[0-9]{10}",
            account in "[0-9A-Z]{12}",
            between in proptest::sample::select(vec!["", " ", ".", "-"]),
            before in "([a-z ]{0,9}[ :,])?",
        ) {
            let rest = format!("X{digits}{account}");
            let check = 98 - iban::remainder(format!("{rest}IT00").chars());
            let number = format!("IT{check:02}{rest}");
            let groups: Vec<String> =
                number.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into()).collect();
            let text = format!("{before}{}", groups.join(between));
            prop_assert_eq!(masked(&text), format!("{before}IT••••{}", &number[23..]));
        }

        #[test]
        fn any_text_is_masked_once_and_for_all(text in any::<String>()) {
            let once = masked(&text).into_owned();
            prop_assert_eq!(masked(&once), once.as_str());
        }
    }
}
