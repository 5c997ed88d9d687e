//! All recognisers together.

use proptest::prelude::*;

use super::*;

/// 22 November 2026, a Sunday, 12:00 in Rome.
const NOW: UtcMillis = UtcMillis(1_795_345_200_000);

fn recognisers() -> Recognisers {
    let mut all: BTreeMap<String, Recogniser> =
        Recogniser::BUILT_IN.map(|(name, recogniser)| (name.to_owned(), recogniser)).into();
    let patterns =
        vec![r"\b[a-z]{2}\d{6}\b".to_owned(), r"ordine n\.?\s*(?P<value>\d{6})".to_owned()];
    all.insert("order_number".to_owned(), Recogniser::Patterns { patterns, upper: true });
    let list = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    let values = [
        ("rotto".to_owned(), list(&["rotto", "non funziona", "broken"])),
        ("mancante".to_owned(), list(&["mancante", "non c'è", "missing"])),
    ];
    all.insert("problem".to_owned(), Recogniser::Values(values.into()));
    Recognisers::compile(&all).unwrap()
}

fn read(entity: &str, text: &str) -> Option<String> {
    recognisers().read(entity, text, NOW, "Europe/Rome")
}

#[test]
fn patterns_and_values_are_found_where_they_stand() {
    let text = "L'ordine ab123456 è ROTTO";
    let found = recognisers().find(text, NOW, "Europe/Rome");
    let shown: Vec<(&str, &str, &str)> = found
        .iter()
        .map(|one| (one.entity.as_str(), one.value.as_str(), &text[one.span.clone()]))
        .collect();
    assert_eq!(shown, [("order_number", "AB123456", "ab123456"), ("problem", "rotto", "ROTTO")]);
}

#[test]
fn the_named_group_is_the_value() {
    assert_eq!(read("order_number", "Ordine N. 123456").as_deref(), Some("123456"));
    assert_eq!(read("order_number", "boh"), None);
}

#[test]
fn addresses_are_lower_cased() {
    assert_eq!(
        read("email", "Sono Ada.Neri@Example.COM.").as_deref(),
        Some("ada.neri@example.com")
    );
    for text in ["ada@", "@example.com", "ada at example.com", "a@b", ""] {
        assert_eq!(read("email", text), None, "{text}");
    }
}

#[test]
fn text_is_the_whole_message_and_unknown_entities_are_nothing() {
    assert_eq!(read("text", "  Via Roma 1 \n").as_deref(), Some("Via Roma 1"));
    assert_eq!(read("text", "  "), None);
    assert_eq!(read("colour", "red"), None);
}

#[test]
fn a_bad_pattern_is_named() {
    let bad = Recogniser::Patterns { patterns: vec!["(".to_owned()], upper: false };
    let error = Recognisers::compile(&[("code".to_owned(), bad)].into()).unwrap_err();
    assert_eq!(error.0, "code");
}

#[test]
fn any_text_is_read_without_panic() {
    let long = "1.234,5 € 99/99/9999 a@b.c +39 ".repeat(40_000);
    for text in
        ["", "€", "\u{0}", "０１２", "1/1/1 é\u{301}@é.it 32 novembre", "3 giorni fa", &long]
    {
        let _ = recognisers().find(text, NOW, "Nowhere/Land");
        let _ = recognisers().find(text, UtcMillis(i64::MAX), "Europe/Rome");
    }
}

#[test]
fn a_role_is_told_by_the_words_before() {
    let list = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    let cities = Recogniser::Values(
        [("Roma".to_owned(), list(&["Rome"])), ("Milano".to_owned(), list(&["Milan"]))].into(),
    );
    let roles = [("from".to_owned(), list(&["da", "from"])), ("to".to_owned(), list(&["a", "to"]))];
    let roles: RoleWords = [("city".to_owned(), roles.into())].into();
    let recognisers =
        Recognisers::compile(&[("city".to_owned(), cities)].into()).unwrap().with_roles(&roles);
    let found = |text: &str| {
        let found = recognisers.find(text, NOW, "Europe/Rome").into_iter();
        found.map(|one| (one.value, one.role.unwrap_or_default())).collect::<Vec<_>>()
    };
    let both = [("Roma".to_owned(), "from".to_owned()), ("Milano".to_owned(), "to".to_owned())];
    assert_eq!(found("spedite da Roma a Milano?"), both);
    assert_eq!(found("from Rome to Milan please"), both);
    assert_eq!(found("Milano"), [("Milano".to_owned(), String::new())]);
}

#[test]
fn ten_thousand_matches_in_a_megabyte_are_bounded() {
    let mut all: BTreeMap<String, Recogniser> =
        Recogniser::BUILT_IN.map(|(name, recogniser)| (name.to_owned(), recogniser)).into();
    let values = (0..10_000).map(|n| (format!("parola{n}"), vec![format!("sinonimo{n}")]));
    all.insert("word".to_owned(), Recogniser::Values(values.collect()));
    all.insert("code".to_owned(), Recogniser::Formats(vec!["AA999999".to_owned()]));
    let recognisers = Recognisers::compile(&all).unwrap();
    for unit in ["1 ", "a@b.it ", "parola7 ", "3 marzo ", "4111111111111111 ", "AB123456 ", "10 € "]
    {
        let text = unit.repeat(1_000_000 / unit.len());
        let found = recognisers.find(&text, NOW, "Europe/Rome");
        assert!(!found.is_empty() && found.len() <= 2 * MAX_READ_CHARS, "{unit}: {}", found.len());
    }
}

static RECOGNISERS: std::sync::LazyLock<Recognisers> = std::sync::LazyLock::new(recognisers);

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_entities_within_it(text in any::<String>(), cue in "[0-9/.€ @+-]{0,20}|(tra|fra) [a-z]{2,9} (giorni|mesi)|[a-z]{2}[0-9]{6}") {
        let text = format!("{text}{cue}\u{200b}{text}{cue}");
        for one in RECOGNISERS.find(&text, NOW, "Europe/Rome") {
            prop_assert!(text.get(one.span.clone()).is_some_and(|part| !part.is_empty()), "{one:?}");
        }
        for (name, _) in Recogniser::BUILT_IN {
            let _ = RECOGNISERS.read(name, &text, UtcMillis(i64::MIN), "");
        }
    }
}
