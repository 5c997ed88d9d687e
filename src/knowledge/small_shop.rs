//! A small shop for the tests of what is made of a folder.

/// The part `bot` of its file, to be followed by more.
macro_rules! small_bot {
    () => {
        r#"bot:
  name: Bottega
  default_language: it
  time_zone: Europe/Rome
  privacy: https://bottega.example/privacy
  welcome: {it: "Salve", en: "Hello"}
"#
    };
}
pub(super) use small_bot;

/// A whole file: two intents, one with a pattern, and what is not answered.
pub(super) const SHOP: &str = concat!(
    small_bot!(),
    r#"none: ["che tempo fa domani", "raccontami una barzelletta"]
intents:
  - name: hours
    title: {it: Orari, en: Hours}
    examples: {it: ["a che ora aprite", "quando siete aperti", "orari del negozio"], en: ["when do you open", "opening hours"]}
    reply: {it: ["Dalle 9."], en: ["From 9."]}
  - name: refund
    title: {it: Rimborso, en: Refund}
    examples: {it: ["voglio il rimborso", "rimborso non ricevuto"], en: ["I want a refund", "refund my money"]}
    patterns: ['\bbuono\b']
    reply: {it: ["Entro 14 giorni."], en: ["Within 14 days."]}
"#
);
