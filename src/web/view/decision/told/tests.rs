//! What people read.

use super::*;
use crate::domain::language::Language;
use crate::service::view::{PassedView, VersionsView};
use crate::web::view::decision::{Reader, decision as card};

fn one(agent: &str, load: u32) -> CandidateView {
    let agent_id = format!("id-{agent}");
    CandidateView { agent: agent.to_owned(), agent_id, load, capacity: 3, idle_since: 0 }
}

fn counted(counts: &[(&str, u32)]) -> Vec<(String, u32)> {
    counts.iter().map(|(why, n)| ((*why).to_owned(), *n)).collect()
}

fn taken() -> DecisionView {
    DecisionView {
        agent: "Anna".to_owned(),
        agent_id: "id-Anna".to_owned(),
        way: "take_this".to_owned(),
        at: 60_000,
        score: 3_600_000,
        load: 1,
        capacity: 3,
        cost: Some(1),
        effort: Some(12),
        asked: vec!["resi".to_owned(), "it".to_owned()],
        servable: 4,
        walk: Some(WalkView {
            waiting: 9,
            looked_at: 9,
            lanes: 2,
            passed: counted(&[("skill", 2), ("chosen", 1)]),
        }),
        passed_over: vec![PassedView {
            ticket: "t1".to_owned(),
            code: "K7Q2".to_owned(),
            score: Some(1_800_000),
            why: Some("chosen".to_owned()),
        }],
        choice: Some(ChoiceView {
            free: 2,
            excluded: counted(&[("absent", 2), ("full", 4)]),
            named: vec![one("Berta", 0), one("Anna", 1)],
            is_return: false,
        }),
        despite: None,
        versions: Some(VersionsView {
            intents: "0123456789abcdef".to_owned(),
            policies: "fedcba9876543210".to_owned(),
            teams: None,
        }),
        seal: Some("00112233445566778899".to_owned()),
        unaltered: Some(true),
    }
}

fn read(decision: &DecisionView, language: Language) -> String {
    let lines = lines(decision, &Words::new(language));
    lines.iter().map(Line::full).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_record_is_read_line_by_line() {
    let told = "Anna chose this ticket, among the 4 they can serve.\n\
        To be served by 1970-01-01T01:00:00Z.\n\
        It asked for: resi, it. Cost 1, expected handling time 12 min. Load before: 1 of 3.\n\
        9 waited, this one included; lanes with a ticket at least as urgent: 2.\n\
        More urgent and passed over: 2 asking for a skill they lack, 1 left by choice.\n\
        Also free for this ticket: Berta (load 0 of 3).\n\
        The others: 2 not online, 4 without room.\n\
        Content then: intents 0123456789ab, policies fedcba987654.\n\
        The record is unaltered: seal 001122334455.";
    assert_eq!(read(&taken(), Language::En), told);
    assert!(read(&taken(), Language::It).contains("1 per scelta"));
}

#[test]
fn an_offer_says_whom_it_was_chosen_from() {
    let offer = DecisionView { way: "offer".to_owned(), ..taken() };
    let told = read(&offer, Language::En);
    for line in [
        "Chosen from those who were free: 2.",
        "In order: Berta (load 0 of 3, idle for 1 min), Anna (load 1 of 3, idle for 1 min).",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
}

#[test]
fn bad_news_are_told() {
    let wrong = DecisionView {
        way: "assigned".to_owned(),
        despite: Some("full".to_owned()),
        unaltered: Some(false),
        ..taken()
    };
    let words = Words::new(Language::En);
    let late: Vec<_> =
        lines(&wrong, &words).into_iter().filter(|line| line.tone == Some("late")).collect();
    assert!(late[0].text.contains("although: they had no room"), "{late:?}");
    assert!(late[1].text.contains("was altered"), "{late:?}");
}

#[test]
fn older_records_say_less_and_are_still_read() {
    let old = DecisionView {
        cost: None,
        effort: None,
        asked: Vec::new(),
        walk: None,
        choice: None,
        versions: None,
        seal: None,
        unaltered: None,
        ..taken()
    };
    let told = read(&old, Language::En);
    assert!(told.contains("not theirs to serve: K7Q2.") && told.contains("before seals"), "{told}");
}

#[test]
fn the_card_asks_in_the_readers_name_and_links_what_was_passed_over() {
    let words = Words::new(Language::It);
    let html = card(Some(&taken()), Reader::Holder, &words).into_string();
    assert!(html.contains("Perché a me?") && html.contains("/desk/tickets/t1"), "{html}");
    assert!(html.contains("lasciata per scelta"), "{html}");
    let html = card(Some(&taken()), Reader::Other, &words).into_string();
    assert!(html.contains("Perché proprio Anna?"), "{html}");
}
