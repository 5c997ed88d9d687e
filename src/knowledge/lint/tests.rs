use super::*;
use crate::domain::source::Severity;
use crate::knowledge::load;

const BOT: &str = "bot:\n  name: A\n  default_language: it\n  time_zone: Europe/Rome\n  privacy: https://a.example\n  welcome: {it: a, en: a}\n";

/// An intent with Italian examples and more lines.
fn intent(name: &str, examples: &[&str], more: &str) -> String {
    let list: Vec<String> = examples.iter().map(|text| format!("        - \"{text}\"\n")).collect();
    let list = list.concat();
    let reply = if more.contains("reply:") || more.contains("form:") {
        ""
    } else {
        "    reply: {it: [a], en: [a]}\n"
    };
    format!(
        "  - name: {name}\n    title: {{it: {name}, en: {name}}}\n    examples:\n      it:\n{list}      en: []\n{more}{reply}"
    )
}

/// What is said of intents, each as `line: message`; warnings about counts aside.
fn said(before: &str, intents: &[String]) -> Vec<String> {
    let text = format!("{BOT}{before}intents:\n{}", intents.concat());
    let sources = [SourceFile { name: "a.yaml".to_owned(), text }];
    let built = load::build(&sources).unwrap();
    let problems = lint(&sources, Some(&built.knowledge.engine));
    assert!(problems.iter().all(|problem| problem.severity == Severity::Warning));
    assert!(problems.iter().all(|problem| !problem.excerpt.is_empty()), "{problems:#?}");
    problems.iter().map(|problem| format!("{}: {}", problem.line, problem.message)).collect()
}

fn one(said: &[String], part: &str) -> String {
    let found: Vec<&String> = said.iter().filter(|line| line.contains(part)).collect();
    assert_eq!(found.len(), 1, "{part}: {said:#?}");
    found[0].clone()
}

const HOURS: [&str; 5] = [
    "a che ora aprite",
    "quando siete aperti",
    "orari del negozio",
    "chiudete a pranzo?",
    "siete aperti la domenica",
];
const MONEY: [&str; 5] = [
    "voglio indietro i soldi",
    "quando arriva il rimborso",
    "rimborso non ricevuto",
    "mi ridate quanto ho pagato?",
    "riavere il denaro speso",
];

#[test]
fn sound_files_have_nothing_to_say() {
    let said = said("", &[intent("orari", &HOURS, ""), intent("rimborso", &MONEY, "")]);
    assert_eq!(said, [""; 0]);
}

#[test]
fn examples_that_are_nearly_those_of_another_intent() {
    let money =
        [&MONEY[..], &["a che ora aprite?? grazie", "non siete aperti la domenica"]].concat();
    let near =
        [&HOURS[..], &["vorrei sapere se siete aperti la domenica mattina di festa"]].concat();
    let told = said("", &[intent("orari", &near, ""), intent("rimborso", &MONEY, "")]);
    assert_eq!(told, [""; 0]);
    let twins = [&MONEY[..], &["orari del negozi"]].concat();
    let told = said("", &[intent("orari", &HOURS, ""), intent("rimborso", &twins, "")]);
    let line = one(&told, "is nearly");
    assert!(
        line.starts_with(
            "28: \"orari del negozi\" is nearly \"orari del negozio\" of `orari` (a.yaml:14)"
        ),
        "{line}"
    );
    let told = said("", &[intent("orari", &HOURS, ""), intent("rimborso", &money, "")]);
    assert!(
        !told.iter().any(|line| line.contains("\"non siete aperti") && line.contains("nearly")),
        "{told:?}"
    );
}

#[test]
fn an_intent_with_few_examples_beside_the_others() {
    let names = ["uno", "due", "tre"];
    let mut all: Vec<String> = (0..3)
        .map(|at| {
            let texts: Vec<String> =
                (0..12).map(|n| format!("{} parola{at}x{n}", names[at])).collect();
            intent(names[at], &texts.iter().map(String::as_str).collect::<Vec<_>>(), "")
        })
        .collect();
    all.push(intent("quattro", &["quattro sole"], ""));
    let line = one(&said("", &all), "starved");
    assert!(
        line.contains("`quattro` is starved: 1 examples in Italian, where most intents have 12"),
        "{line}"
    );
}

#[test]
fn an_intent_that_another_one_swallows() {
    let inside = [
        "orari del negozio oggi",
        "a che ora aprite oggi",
        "quando siete aperti oggi",
        "chiudete a pranzo oggi",
    ];
    let told = said(
        "",
        &[
            intent("orari", &HOURS, ""),
            intent("orari_oggi", &inside, ""),
            intent("rimborso", &MONEY, ""),
        ],
    );
    let line = one(&told, "swallowed");
    assert!(
        line.contains("`orari_oggi` is swallowed by `orari`")
            || line.contains("`orari` is swallowed by `orari_oggi`"),
        "{line}"
    );
}

#[test]
fn examples_that_the_bot_gets_wrong() {
    let hours = [&HOURS[..], &["rimborso fattura"]].concat();
    let told = said(
        "none: [\"che tempo fa\", \"la fattura del gas\"]\n",
        &[
            intent("orari", &hours, ""),
            intent("rimborso", &MONEY, "    patterns: ['\\bfattura\\b']\n"),
        ],
    );
    assert_eq!(
        one(&told, "rimborso fattura"),
        "18: \"rimborso fattura\" is of `orari`, but the pattern `\\bfattura\\b` of `rimborso` (a.yaml:31) answers it"
    );
    assert!(one(&told, "gas").contains("is of `none`, but the pattern"));
    let long = format!("{} {}", "parola ".repeat(700), "fine");
    let told = said("", &[intent("orari", &HOURS, ""), intent("rimborso", &[&long], "")]);
    assert!(one(&told, "characters").contains("the bot reads 4096"));
}

#[test]
fn patterns_that_never_match() {
    for (pattern, reason) in [
        ("ordine^", "`^`, the beginning"),
        ("$ordine", "`$`, the end"),
        ("(ordine$)x|[a&&b]", "there is no such text"),
        ("a\\b\\Bc", "`\\b` and `\\B`"),
        ("[a&&b]c", "there is no such text"),
        ("(x[a&&b]y)+", "there is no such text"),
    ] {
        let more = format!("    patterns: ['{pattern}']\n");
        let told = said("", &[intent("orari", &HOURS, &more)]);
        if pattern.starts_with('(') && !pattern.ends_with('+') {
            // One way out is enough.
            continue;
        }
        let line = one(&told, "never match");
        assert!(line.starts_with("18: ") && line.contains(reason), "{line}");
    }
    for pattern in ["^ordine$", "(^|x)ordine", "ordine($| )", "x[a&&b]?", "a\\b c", "a|[a&&b]"] {
        let more = format!("    patterns: ['{pattern}']\n");
        let told = said("", &[intent("orari", &HOURS, &more)]);
        assert_eq!(told, [""; 0], "{pattern}");
    }
}

#[test]
fn patterns_that_another_one_matches_too() {
    let told = said(
        "",
        &[
            intent("orari", &HOURS, "    patterns: ['fattur[ae]', '\\bzeta\\b']\n"),
            intent("rimborso", &MONEY, "    patterns: ['\\bfatture\\b', '\\bzeta\\b', 'fatto']\n"),
        ],
    );
    let line = one(&told, "matches too");
    assert!(
        line.contains("`\\bfatture\\b` matches, `fattur[ae]` of `orari` (a.yaml:18)"),
        "{line}"
    );
    assert!(one(&told, "stands already").contains("`\\bzeta\\b` stands already in `orari`"));
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn answers_that_a_channel_cannot_show() {
    let long = "x".repeat(1_100);
    let more = format!(
        "    reply:\n      it:\n        - text: \"{long}\"\n          buttons:\n            - {{label: Rimborso, intent: rimborso}}\n            - {{label: rimborso, intent: rimborso}}\n            - {{label: Orari, intent: orari}}\n      en: [\"{long}{long}\"]\n"
    );
    let told = said("", &[intent("orari", &HOURS, &more), intent("rimborso", &MONEY, "")]);
    assert!(one(&told, "WhatsApp").starts_with("20: the answer has 1100 characters"));
    assert!(one(&told, "Messenger").contains("2200"));
    assert!(one(&told, "two buttons").starts_with("23: "));
    assert!(one(&told, "already").contains("leads to `orari`"));
    let name = "a".repeat(61);
    let told = said(
        "",
        &[intent(&name, &HOURS, "")
            .replace("{it: aaaa", "{it: b} #")
            .replace("title: {it: b} #", "title: {it: b, en: b} #")],
    );
    assert!(one(&told, "Telegram").contains("61 letters"));
}

#[test]
fn entities_and_lookups_that_nothing_uses() {
    let told = said(
        "entities:\n  colore: {values: {rosso: [rosso]}}\nlookups:\n  order: {url: \"{base}/o\"}\n",
        &[intent("orari", &HOURS, "")],
    );
    assert!(one(&told, "`colore`").starts_with("8: no slot"));
    assert!(one(&told, "`order`").starts_with("10: no form"));
}

#[test]
fn advice_is_given_for_files_that_cannot_be_used_yet() {
    let intents = [
        intent("orari", &[&HOURS[..], &["rimborso fattura"]].concat(), "    patterns: ['x^']\n"),
        intent(
            "rimborso",
            &MONEY,
            "    patterns: ['\\bfattura\\b']\n    reply: {it: [\"{gone}\"], en: [a]}\n",
        ),
    ];
    let text = format!("{BOT}intents:\n{}", intents.concat());
    let sources = [SourceFile { name: "a.yaml".to_owned(), text }];
    assert!(load::build(&sources).is_err());
    let found = lint(&sources, None);
    let said: Vec<&str> = found.iter().map(|problem| problem.message.as_str()).collect();
    assert!(
        said.len() == 2 && said[0].contains("answers it") && said[1].contains("never match"),
        "{said:?}"
    );
}
