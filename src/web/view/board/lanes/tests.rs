use super::*;
use crate::domain::language::Language;

fn unserved() -> UnservedView {
    UnservedView {
        kind: "nobody".to_owned(),
        team: Some("resi".to_owned()),
        language: Some("it".to_owned()),
        skills: vec!["legal".to_owned()],
        missing: Some(GapView { skills: vec!["legal".to_owned()], ..GapView::default() }),
        waiting: 7,
        oldest_wait: 120_000,
        named: vec![("t1".to_owned(), "K7Q2".to_owned())],
        able: Vec::new(),
        nearest: vec!["anna@shop.example".to_owned()],
        tickets: "/board/lane?key=1".to_owned(),
    }
}

fn told(one: &UnservedView) -> String {
    warning(one, &Words::new(Language::En)).into_string()
}

#[test]
fn a_warning_names_the_ticket_what_is_missing_and_what_to_do() {
    let html = told(&unserved());
    for part in [
        "7 waiting",
        "resi + it + legal",
        "Nobody has the skill legal.",
        "/desk/tickets/t1",
        "sportello user change anna@shop.example --add-skills legal<",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn when_each_part_is_there_the_whole_is_advised() {
    let whole = UnservedView { missing: Some(GapView::default()), ..unserved() };
    let html = told(&whole);
    let command = "--add-teams resi --add-languages it --add-skills legal";
    assert!(html.contains(command) && html.contains("nobody has all of it"), "{html}");
}

#[test]
fn whoever_could_and_is_not_here_is_named() {
    let now = UnservedView {
        kind: "nobody_now".to_owned(),
        able: vec!["Berta".to_owned()],
        nearest: Vec::new(),
        ..unserved()
    };
    let html = told(&now);
    assert!(html.contains("Berta") && !html.contains("sportello user"), "{html}");
}

#[test]
fn strange_names_do_not_leave_the_shell_word() {
    assert_eq!(quoted("legal,tax:3"), "legal,tax:3");
    assert_eq!(quoted("o'clock & co"), "'o'\\''clock & co'");
}
