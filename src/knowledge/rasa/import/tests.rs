use super::*;
use crate::knowledge::load;

const NLU: &str = r#"version: "3.1"
nlu:
- intent: greet
  examples: |
    - hey
    - hello there
- intent: faq/Book-Flight
  metadata: {sentiment: neutral}
  examples: |
    - book a flight from [Berlin]{"entity": "city", "role": "from"} to [SF]{"entity": "city", "value": "San Francisco"}
    - fly me to [Rome](city) please
    - hey
- intent: out_of_scope
  examples: |
    - who won the match
- intent: empty
- synonym: San Francisco
  examples: |
    - Frisco
- synonym: credit
  examples: |
    - loan
- regex: booking_code
  examples: |
    - \b[A-Z]{2}\d{4}\b
    - (?<!x)y
- lookup: city
  examples: |
    - Paris
    - frisco
- regex: greet
  examples: |
    - \bciao\b
responses:
  utter_greet:
  - text: Hey!
"#;

fn imported(text: &str) -> Imported {
    let file = SourceFile { name: "nlu.yml".to_owned(), text: text.to_owned() };
    import(&[(file, Language::En)]).unwrap()
}

#[test]
fn everything_arrives_or_is_noted_at_its_place() {
    let imported = imported(NLU);
    assert_eq!((imported.intents, imported.examples, imported.entities), (2, 4, 2));
    let notes: Vec<String> =
        imported.notes.iter().map(|note| format!("{}: {}", note.line, note.message)).collect();
    for expected in [
        "0: `responses` is no training data",
        "7: `faq/Book-Flight` is called `faq_book_flight` here",
        "7: the metadata is not carried over",
        "7: the role `from` of `city` is not carried over",
        "7: \"hey\" is an example of `greet` already; left out of `faq_book_flight`",
        "16: `empty` has no examples",
        "20: no entity has the synonym `credit`",
        "23: `(?<!x)y` cannot be read here",
        "31: the regex `greet` is a pattern of the intent now",
    ] {
        assert!(notes.iter().any(|note| note.starts_with(expected)), "{expected}: {notes:#?}");
    }
    assert_eq!(notes.len(), 9, "{notes:#?}");
}

#[test]
fn what_arrives_can_be_used() {
    let shop = "bot:\n  name: A\n  default_language: en\n  time_zone: Europe/Rome\n  privacy: https://a.example\n  welcome: {it: a, en: a}\n";
    let files = [("bot.yaml", shop.to_owned()), ("rasa.yaml", imported(NLU).text)]
        .map(|(name, text)| SourceFile { name: name.to_owned(), text });
    let built = load::build(&files).unwrap();
    assert_eq!(built.training.none, ["who won the match"]);
    let flight = &built.training.intents[1];
    assert_eq!(flight.examples[0].1, "book a flight from Berlin to SF");
    assert_eq!(built.training.intents[0].patterns, [r"\bciao\b"]);
    let entities = &built.knowledge.entities;
    let now = crate::domain::time::UtcMillis(0);
    let city = |text: &str| entities.read("city", text, now, "UTC");
    assert_eq!(city("to frisco").as_deref(), Some("San Francisco"));
    assert_eq!(city("to SF").as_deref(), Some("San Francisco"));
    assert_eq!(city("to paris").as_deref(), Some("Paris"));
    assert_eq!(entities.read("booking_code", "code AB1234", now, "UTC").as_deref(), Some("AB1234"));
}

#[test]
fn words_beside_expressions_become_one_too() {
    let text = "nlu:\n- intent: a\n  examples: |\n    - in [x.y](zone)\n- regex: zone\n  examples: |\n    - z\\d\n";
    let imported = imported(text);
    assert!(imported.text.contains(r#"- "\\b(?:x\\.y)\\b""#), "{}", imported.text);
    assert!(imported.notes[0].message.contains("without synonyms"));
}

#[test]
fn other_files_are_refused() {
    for (text, said) in [
        ("nlu: 1\n", ""),
        ("a: [", ""),
        ("rules: []\n", "no intent"),
        ("nlu:\n- intent: a\n  colour: red\n  examples: x\n", "colour"),
    ] {
        let file = SourceFile { name: "nlu.yml".to_owned(), text: text.to_owned() };
        let problems = import(&[(file, Language::It)]).map(|_| ()).unwrap_err();
        assert!(problems[0].message.contains(said), "{problems:?}");
    }
}
