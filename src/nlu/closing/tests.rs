//! What closes and what does not.

use proptest::prelude::*;

use super::*;
use crate::nlu::fold::fold;

const CLOSE: &[&str] = &[
    "Grazie!",
    "grazieee mille",
    "GRAZZIE",
    "ok",
    "Ok grazie, buona giornata 😊",
    "👍",
    "🙏🙏",
    ":)",
    "Thanks a lot!",
    "thank you so much for your help",
    "arrivederci",
    "Va bene, perfetto",
    "no grazie",
    "Grazie per l'aiuto",
    "tutto chiaro",
    "got it, bye",
    "see you",
    "Perfect, thanks",
    "La ringrazio, buona serata",
    "ok!!!",
    "👍🏽",
    "❤️",
    "ok perfetto",
    "thanks a lot, bye",
    "Grazie mille per la disponibilità e la pazienza",
    "Grazie, siete stati gentilissimi",
    "Ottimo, molto gentile",
    "a posto così, grazie",
    "no, nient'altro grazie",
    "Non mi serve altro, grazie mille",
    "ho risolto, grazie",
    "Perfetto, problema risolto",
    "Va benissimo, alla prossima",
    "d'accordo, a presto",
    "ciao ciao",
    "Ricevuto, grazie",
    "Buon weekend!",
    "grazie e buon lavoro",
    "Cordiali saluti",
    "ok capito grazie",
    "tante grazie e buone feste",
    "Benissimo. Arrivederci.",
    "thx",
    "ty!",
    "cheers mate",
    "That's all, thank you",
    "no that's it, thanks",
    "all good",
    "great, thanks",
    "awesome, thank you!!",
    "Brilliant, much appreciated",
    "have a nice day",
    "Thanks, have a great weekend",
    "no worries, bye",
    "sounds good",
    "thanks for the quick reply",
    "Thank you for your patience",
    "problem solved, thanks a lot",
    "kk thanks",
    "🎉❤️",
    "ok 👍",
    "perfetto!! 🙏",
    "G\u{200b}R\u{200b}AZIE",
    "Grazie infinite di cuore",
    "you're the best",
    "I'm all set, thanks",
];
const SAY_MORE: &[&str] = &[
    "",
    "   ",
    "ciao",
    "salve",
    "hello",
    "si",
    "yes",
    "no",
    "grazie, e il rimborso?",
    "ok?",
    "ok ma dov'è il mio ordine",
    "ok ma quando arriva?",
    "ok ma quando arriva",
    "thanks, where is my order",
    "thanks but it is broken",
    "😡",
    "🤔",
    "5",
    "grazie 😡",
    "grazie 👎",
    "thanks for nothing",
    "grazie di niente",
    "...",
    "a presto arriva il pacco",
    "??",
    "bene",
    "il",
    "thank you but I want a refund",
    "grazie al cavolo",
    "help",
    "Grazie in anticipo",
    "thanks in advance",
    "grazie, aspetto una risposta",
    "ok aspetto",
    "ok procedete pure",
    "perfetto, quindi arriva domani mattina",
    "non ho risolto",
    "grazie ma non ho ricevuto nulla",
    "great, another broken one",
    "perfetto, e la fattura",
    "ok annulla",
    "va bene il rimborso",
    "ok AB123456",
    "thanks, and the invoice",
    "👍?",
    "ok, call me",
    "grazie, mi chiami",
    "Thanks for the refund, but it is not there",
    "buongiorno",
    "good morning",
];

#[test]
fn thanks_and_farewells_close() {
    let missed: Vec<_> = CLOSE.iter().filter(|text| !is_closing(&fold(text))).collect();
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
fn nothing_that_asks_closes() {
    let wrong: Vec<_> = SAY_MORE.iter().filter(|text| is_closing(&fold(text))).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_question_never_closes(thanks in proptest::sample::select(CLOSE.to_vec()), question in "[a-z ]{0,30}") {
        let asked = format!("{thanks} {question}?");
        prop_assert!(!is_closing(&fold(&asked)));
        let named = format!("{thanks} ordine {question}");
        prop_assert!(!is_closing(&fold(&named)));
    }

    #[test]
    fn any_text_is_judged(text in any::<String>()) {
        let _ = is_closing(&fold(&text));
    }
}
