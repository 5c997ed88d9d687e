use super::super::tests::share;
use super::*;
use crate::domain::language::Language;

pub(crate) fn view() -> FairnessView {
    let none = share(0, 0);
    FairnessView {
        at: 1_000_000,
        from: 0,
        to: 1_000_000,
        team: Some("r&d".to_owned()),
        jain: Some(0.857),
        compared: 2,
        rows: vec![FairnessRow {
            agent: "Anna <b>".to_owned(),
            agent_id: "a1".to_owned(),
            online: 3_600_000,
            given: 5,
            effort: 50,
            per_hour: Some(50.0),
            pulled: 4,
            picked: 1,
            cherry_picks: share(1, 4),
            offered: 0,
            accepted: 0,
            declined: 0,
            missed: 0,
            unanswered: 0,
            acceptance: none,
            misses: none,
            occupancy: Some(75.0),
            occupancy_by_slot: None,
            tickets: "/api/v1/stats/fairness/tickets?from=0&to=1000000&agent=a1".to_owned(),
        }],
        tickets: "/api/v1/stats/fairness/tickets?from=0&to=1000000".to_owned(),
    }
}

#[test]
fn every_count_leads_to_what_is_behind_it() {
    let html = table(&view(), &Words::new(Language::It)).into_string();
    for of in ["given", "pulled", "picked"] {
        let link =
            format!("/board/fairness/tickets?from=0&amp;to=1000000&amp;agent=a1&amp;of={of}");
        assert!(html.contains(&link), "{of}: {html}");
    }
    assert!(html.contains("25,0 %") && html.contains("50,0") && html.contains("75,0 %"), "{html}");
    assert!(!html.contains("of=missed") && !html.contains("<b>"), "{html}");
}

#[test]
fn the_card_tells_the_index_and_who_it_compares() {
    let html = card(&view(), &Words::new(Language::En)).into_string();
    assert!(html.contains("0.86") && html.contains("2 compared"), "{html}");
    let nothing = FairnessView { jain: None, compared: 0, rows: Vec::new(), ..view() };
    let html = card(&nothing, &Words::new(Language::En)).into_string();
    assert!(html.contains("nobody was online") && !html.contains("NaN"), "{html}");
}
