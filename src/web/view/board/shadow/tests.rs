use super::super::Distance;
use super::*;
use crate::domain::language::Language;
use crate::service::view::{ChangeView, SideView};

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

fn view() -> ShadowView {
    let side = |reply: &str| SideView {
        intent: Some("opening_hours".into()),
        confidence: Some(83),
        outcome: "answered".into(),
        reply: reply.into(),
        acts: vec!["confirmed".into(), "handoff ordini high".into()],
    };
    ShadowView {
        published: "0123456789abcdef".into(),
        running: Some(ShadowRun {
            id: "01".into(),
            version: "fedcba9876543210".into(),
            origin: "folder".into(),
            state: "running".into(),
            looked: 4,
            changed: 1,
            unchanged: 3,
            by_reply: 1,
            skipped: 2,
            ..ShadowRun::default()
        }),
        kind: "any".into(),
        changes: vec![ChangeView {
            id: "02".into(),
            said: "<b>orari?</b>".into(),
            kinds: vec!["reply".into()],
            before: side("9-18"),
            after: side("9-19"),
            ..ChangeView::default()
        }],
        most: 500,
        kept: 1,
        ..ShadowView::default()
    }
}

fn shown(view: &ShadowView, language: Language) -> String {
    let me = me();
    let onlooker = Onlooker { me: &me, csrf: "token", distance: Distance::Near };
    page(view, None, onlooker, &Words::new(language)).into_string()
}

#[test]
fn a_changed_answer_is_shown_side_by_side_with_what_differs_marked() {
    let html = shown(&view(), Language::En);
    for held in [
        "&lt;b&gt;orari?",
        "9-18",
        "9-19",
        "83 %",
        "ticket for: ordini high",
        "25.0 %",
        "fedcba987654<",
    ] {
        assert!(html.contains(held), "{held}");
    }
    assert_eq!(html.matches("reply differs").count(), 2, "the words differ, and only they");
    assert_eq!(html.matches("class=\"differs\"").count(), 0);
    assert!(html.contains("action=\"/board/shadow/01/promote\""));
}

#[test]
fn it_speaks_italian_and_says_how_to_begin() {
    let nothing = ShadowView { published: "0123456789abcdef".into(), ..ShadowView::default() };
    let html = shown(&nothing, Language::It);
    assert!(html.contains("Ora non gira nessuna candidata") && html.contains("intents shadow"));
    assert!(!html.contains("/promote"), "nothing to promote");
}
