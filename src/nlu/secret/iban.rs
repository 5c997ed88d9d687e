//! International bank account numbers (ISO 13616): country, two check digits, account.

use super::Kind;
use super::signs::Signs;

/// The length of an account number by country.
const LENGTHS: &[(usize, &str)] = &[
    (15, "NO"),
    (16, "BE"),
    (18, "DK FI FK FO GL NL SD"),
    (19, "MK SI"),
    (20, "AT BA EE KZ LT LU MN XK"),
    (21, "CH HR LI LV"),
    (22, "BG BH CR DE GB GE IE ME RS"),
    (23, "AE GI IL IQ OM SO TL"),
    (24, "AD CZ ES MD PK RO SA SE SK TN VG"),
    (25, "LY PT ST"),
    (26, "IS TR"),
    (27, "BI DJ FR GR IT MC MR SM"),
    (28, "AL AZ BY CY DO GT HU LB NI PL SV"),
    (29, "BR EG PS QA UA"),
    (30, "JO KW MU YE"),
    (31, "MT SC"),
    (32, "LC"),
    (33, "RU"),
];
/// Account numbers in groups have groups of so many signs.
const GROUP: usize = 4;

/// The account number that begins at a place.
pub(super) fn at(signs: &Signs, at: usize) -> Option<(usize, Kind)> {
    let country = [signs.plain(at)?, signs.plain(at + 1)?];
    if !country.iter().all(char::is_ascii_uppercase) || !signs.follows(at + 1) {
        return None;
    }
    let check = [signs.digit(at + 2)?, signs.digit(at + 3)?];
    let length = length(country)?;
    let whole = (1..length).all(|offset| signs.follows(at + offset));
    let number = || (0..length).map_while(|offset| signs.plain(at + offset));
    let turned = || number().skip(GROUP).chain(number().take(GROUP));
    let fits = check != [0, 0]
        && whole
        && remainder(turned()) == 1
        && is_plausible(signs, at, length)
        && ends(signs, at + length);
    fits.then_some((length, Kind::Iban))
}

fn length(country: [char; 2]) -> Option<usize> {
    let country: String = country.iter().collect();
    LENGTHS
        .iter()
        .find(|(_, all)| all.split(' ').any(|one| one == country))
        .map(|(length, _)| *length)
}

/// Whether the number does not end within a word.
fn ends(signs: &Signs, end: usize) -> bool {
    signs.is_parted(end) || signs.digit(end).is_none()
}

/// Whether it is written as account numbers are: in one piece, in groups of four, or mostly in
/// digits. Words of a sentence may have a checksum too.
fn is_plausible(signs: &Signs, at: usize, length: usize) -> bool {
    let parted: Vec<usize> = (1..length).filter(|offset| signs.is_parted(at + offset)).collect();
    let fours = parted.iter().all(|offset| offset % GROUP == 0);
    let digits = (0..length).filter(|offset| signs.digit(at + offset).is_some()).count();
    fours || digits * 2 > length
}

/// The remainder by 97 of what the signs spell, letters as 10 to 35.
pub(super) fn remainder(signs: impl Iterator<Item = char>) -> u32 {
    signs.filter_map(|sign| sign.to_digit(36)).fold(0, |rest, value| {
        let shift = if value < 10 { 10 } else { 100 };
        (rest * shift + value) % 97
    })
}
