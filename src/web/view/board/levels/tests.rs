use super::super::Distance;
use super::*;
use crate::domain::language::Language;
use crate::service::view::{ExcludedView, ShareView};

fn me() -> crate::service::view::AgentView {
    crate::service::view::AgentView {
        id: "1".into(),
        name: "Sara".into(),
        role: "supervisor".into(),
        presence: "online".into(),
        detail: None,
        parked: 0,
        since: 0,
        load: 0,
        capacity: 1,
    }
}

fn view(by: &str) -> FiguresView {
    let share = ShareView { part: 3, whole: 4, percent: Some(75.0), interval: Some((30.1, 95.4)) };
    let counts = CountsView {
        total: 12,
        met: 3,
        missed: 1,
        pending: 2,
        provisional: 1,
        excluded: ExcludedView { cancelled: 2, superseded: 3, unpromised: 0 },
        compliance: share,
        compliance_with_provisional: share,
    };
    let row = FigureRow {
        key: None,
        name: None,
        metric: "time_to_human".into(),
        counts,
        n: 4,
        p50: Some(90_000),
        p90: None,
        p95: None,
        mean: Some(3_900_000),
        tickets: "/api/v1/stats/sla/tickets?from=1&to=2&by=team&key=&metric=time_to_human".into(),
    };
    let tickets = "/api/v1/stats/sla/tickets?from=1&to=2&by=team".into();
    FiguresView { at: 2, from: 1, to: 2, by: by.into(), all: counts, tickets, rows: vec![row] }
}

fn written(by: &str, language: Language) -> String {
    let me = me();
    let onlooker = Onlooker { me: &me, csrf: "", distance: Distance::Near };
    page(&view(by), Some(Length::Week), onlooker, &Words::new(language)).into_string()
}

#[test]
fn every_number_leads_to_its_clocks() {
    let text = written("team", Language::En);
    for (state, count) in
        [("total", 12), ("met", 3), ("missed", 1), ("superseded", 3), ("stopped", 4)]
    {
        let link = format!(
            "/board/sla/tickets?from=1&amp;to=2&amp;by=team&amp;key=&amp;metric=time_to_human&amp;state={state}\">{count}</a>"
        );
        assert!(text.contains(&link), "{state}: {text}");
    }
    assert!(!text.contains("state=unpromised"), "nothing leads to nothing");
    assert!(text.contains("1 h 5 min") && text.contains("75.0 %"), "{text}");
    assert!(text.contains("no team") && text.contains("format=csv"));
    let all = "by=team&amp;state=met\">3</a>";
    assert!(text.contains(all), "the sum leads to all of them");
}

#[test]
fn metrics_have_names_in_both_languages() {
    assert!(written("metric", Language::It).contains("Tempo fino a una persona"));
    assert!(written("metric", Language::En).contains("Time to a person"));
    assert!(written("metric", Language::It).contains("75,0 %"));
}

#[test]
fn the_chosen_range_and_grouping_are_marked() {
    let text = written("policy", Language::En);
    assert!(text.contains("range=7d&amp;by=policy\" aria-current=\"true\""), "{text}");
    assert!(text.contains("range=24h&amp;by=policy\">"), "{text}");
}
