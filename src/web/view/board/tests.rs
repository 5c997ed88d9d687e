use super::super::row::tests::sample;
use super::*;
use crate::domain::language::Language;
use crate::service::view::{AlarmView, LaneView, ShareView};

pub(crate) fn share(part: u64, whole: u64) -> ShareView {
    let percent = (whole > 0).then(|| 100.0 * part as f64 / whole as f64);
    ShareView { part, whole, percent, interval: percent.map(|p| (p - 5.0, p + 3.0)) }
}

pub(crate) fn view() -> BoardView {
    BoardView {
        at: 1_000_000,
        waiting: 7,
        oldest_wait: Some(190_000),
        at_risk: 2,
        breached: 1,
        online: 5,
        busy: 3,
        away: 1,
        first_response_p50: Some(100_000),
        first_response_p90: Some(380_000),
        first_response_n: 41,
        sla: share(96, 100),
        sla_pending: 12,
        sla_provisional: 4,
        told_waits: share(18, 20),
        told_waits_pending: 3,
        asa: Some(24_000),
        containment: share(0, 0),
        sessions: vec![("confirmed".into(), 12), ("handed_off".into(), 4)],
        csat: share(42, 50),
        csat_mean: Some(4.46),
        invited: 80,
        agents: Vec::new(),
        lanes: vec![LaneView {
            team: Some("orders".into()),
            language: Some("it".into()),
            skills: Vec::new(),
            waiting: 2,
            oldest_wait: 190_000,
            able: 0,
            or_teams: Vec::new(),
            next_due: Some(1_060_000),
            free: 0,
            tickets: "/board/lane?key=0".into(),
        }],
        lanes_total: 1,
        unserved: Vec::new(),
        fairness: fairness::tests::view(),
        urgent: vec![sample()],
        unanswered: vec![("<i>parlate cinese?</i>".into(), 3)],
        shadow: None,
        alarms: vec![AlarmView {
            kind: "content_refused".into(),
            count: 1,
            detail: "a.yaml:3:1: <unknown>".into(),
        }],
    }
}

#[test]
fn every_figure_has_its_formula_and_a_link() {
    let words = Words::new(Language::En);
    let html = figures(&view(), &words).into_string();
    for id in [
        "waiting",
        "at-risk",
        "breached",
        "online",
        "sla",
        "first-reply",
        "asa",
        "told-waits",
        "csat",
    ] {
        let start = html.find(&format!("id=\"figure-{id}\"")).expect(id);
        let tag = &html[start..start + html[start..].find('>').expect("tag ends")];
        assert!(tag.contains("href=\"") && tag.contains("title=\""), "{tag}");
    }
    assert!(html.contains("oldest for 3 min") && html.contains("1:40"), "{html}");
}

#[test]
fn a_share_of_nothing_is_not_a_number() {
    let words = Words::new(Language::It);
    let html = figures(&view(), &words).into_string();
    assert!(!html.contains("NaN"), "{html}");
    assert!(html.contains("ancora nessun dato"), "{html}");
}

#[test]
fn words_from_outside_are_escaped() {
    let html = figures(&view(), &Words::new(Language::En)).into_string();
    assert!(!html.contains("<i>") && !html.contains("<unknown>"), "{html}");
}
