//! A candidate beside the published knowledge: never heard, compared, promoted or discarded; and files
//! that change while conversations are under way.

mod busy;
mod folder;
mod reload;
mod replicas;

use sportello::domain::source::SourceFile;
use sportello::service::ServiceError;
use sportello::service::access::Caller;
use sportello::service::shadow::{self, Occasion, Proposed};
use sportello::service::view::ShadowView;
use uuid::Uuid;

use crate::support::call::Line;
use crate::support::cast::{hire, says, supervisor, visitor, words};
use crate::support::{Backend, TestApp, on_both};

/// The small shop with other words for the hours, shipping handed to a person, and another question for
/// the e-mail address.
pub(crate) const EDITS: [(&str, &str); 3] = [
    ("en: [\"We are open Monday to Friday, 9 to 18.\"", "en: [\"We are open every day, 9 to 20.\""),
    (
        "    reply:\n      it: [\"La spedizione costa 4,90 €, gratis sopra i 49 €.\"]\n      en: [\"Shipping is €4.90, free above €49.\"]\n",
        "    escalate:\n      team: ordini\n      message: {it: \"Chiedo a una persona.\", en: \"I ask a person.\"}\n",
    ),
    ("en: \"Which e-mail did you order with?\"", "en: \"Your e-mail, please?\""),
];

/// The small shop, edited.
pub(crate) fn shop(edits: &[(&str, &str)]) -> Vec<SourceFile> {
    let mut text = include_str!("fixtures/shop/shop.yaml").to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    vec![SourceFile { name: "next/shop.yaml".to_owned(), text }]
}

/// Begins a candidate, which runs here from then on.
pub(crate) async fn begin(app: &TestApp, edits: &[(&str, &str)]) -> Uuid {
    let (db, now) = (&app.house.db, app.house.now());
    let begun = shadow::propose(db, shop(edits), Occasion::Asked, now).await.unwrap();
    assert!(matches!(begun, Proposed::Begun(_)), "{begun:?}");
    shadow::load(&app.house).await.unwrap();
    let running = sportello::store::candidate::running(db).await.unwrap();
    running.expect("a candidate that runs").id
}

/// The page, without a filter.
pub(crate) async fn page(app: &TestApp, sara: &Caller) -> ShadowView {
    listed(app, sara, "any").await
}

async fn listed(app: &TestApp, sara: &Caller, kind: &str) -> ShadowView {
    shadow::page(&app.house, &sara.board().unwrap(), kind, None).await.unwrap()
}

/// The page once this many answers were looked at.
pub(crate) async fn looked(app: &TestApp, sara: &Caller, wanted: u64) -> ShadowView {
    app.until("the candidate saw it", async || {
        shadow::step(&app.house).await.unwrap();
        page(app, sara).await.running.is_some_and(|running| running.looked >= wanted)
    })
    .await;
    page(app, sara).await
}

async fn nothing_of_a_candidate_is_heard_and_every_change_is_listed(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    begin(&app, &EDITS).await;
    let ada = visitor(&app);
    assert!(words(&says(&app, &ada, "when do you open?").await).contains("Monday to Friday"));
    assert!(words(&says(&app, &ada, "how much is shipping").await).contains("4.90"));
    assert!(words(&says(&app, &ada, "where is my order").await).contains("order number"));
    let view = looked(&app, &sara, 3).await;
    assert_eq!(app.number("SELECT COUNT(*) FROM ticket").await, 0, "a candidate opens no ticket");

    let running = view.running.clone().expect("it runs");
    assert_eq!((running.looked, running.changed, running.unchanged), (3, 2, 1), "{view:#?}");
    assert_eq!((running.by_intent, running.by_outcome, running.by_reply), (0, 1, 2));
    let [shipping, hours] = view.changes.as_slice() else { panic!("{view:#?}") };
    assert_eq!(
        (hours.kinds.as_slice(), hours.said.as_str()),
        (&["reply".to_owned()][..], "when do you open?")
    );
    assert!(hours.before.reply.contains("Monday to Friday"), "{hours:#?}");
    assert!(hours.after.reply.contains("every day, 9 to 20"), "{hours:#?}");
    assert!(hours.before.confidence.is_some() && hours.after.confidence.is_some());
    assert_eq!(shipping.kinds, ["outcome", "reply"]);
    assert_eq!((&*shipping.before.outcome, &*shipping.after.outcome), ("answered", "escalated"));
    assert_eq!(shipping.after.acts, ["handoff ordini normal"]);
    assert_eq!(listed(&app, &sara, "outcome").await.changes.len(), 1);
    assert!(listed(&app, &sara, "intent").await.changes.is_empty());
    app.stop().await;
}

async fn a_form_is_compared_question_by_question(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    begin(&app, &EDITS).await;
    let ada = visitor(&app);
    says(&app, &ada, "where is my order").await;
    says(&app, &ada, "AB123456").await;
    let view = looked(&app, &sara, 2).await;
    let [email] = view.changes.as_slice() else { panic!("{view:#?}") };
    assert!(
        email.before.reply.contains("Which e-mail") && email.after.reply.contains("Your e-mail")
    );
    assert_eq!(email.said, "AB123456");
    app.stop().await;
}

async fn another_intent_is_a_change_of_its_own_kind(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let hours = "    reply:\n      it: [\"Siamo aperti";
    let taken = format!("    patterns: ['\\bshipping\\b']\n{hours}");
    begin(&app, &[(hours, &taken)]).await;
    let ada = visitor(&app);
    says(&app, &ada, "how much is shipping").await;
    says(&app, &ada, "blorp zzyx quux").await;
    let view = looked(&app, &sara, 2).await;
    let [one] = view.changes.as_slice() else { panic!("{view:#?}") };
    assert_eq!(one.kinds, ["intent", "reply"]);
    assert_eq!(one.before.intent.as_deref(), Some("shipping_costs"));
    assert_eq!(one.after.intent.as_deref(), Some("opening_hours"));
    assert!(
        !one.before.reply.contains("automated assistant"),
        "what both say is left out: {one:#?}"
    );
    assert_eq!(listed(&app, &sara, "intent").await.changes.len(), 1);

    says(&app, &ada, "how much is shipping").await;
    let newest = looked(&app, &sara, 3).await.changes.remove(0).id;
    let right = sara.board().unwrap();
    let earlier = shadow::page(&app.house, &right, "any", Some(&newest)).await.unwrap();
    assert_eq!(earlier.changes, view.changes, "the list goes on where it was left");
    let nowhere = shadow::page(&app.house, &right, "any", Some("<b>")).await;
    assert!(matches!(nowhere, Err(ServiceError::Invalid(_))), "{nowhere:?}");
    app.stop().await;
}

async fn customers_data_is_masked(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    begin(&app, &EDITS).await;
    let ada = visitor(&app);
    says(&app, &ada, "how much is shipping? ada@example.org, card 4111 1111 1111 1111").await;
    says(&app, &ada, "how much is shipping").await;
    looked(&app, &sara, 2).await;
    let held = "SELECT COUNT(*) FROM shadow_change WHERE said LIKE '%ada@%' OR said LIKE '%4111%'";
    assert_eq!(app.number(held).await, 0);
    app.stop().await;
}

async fn only_the_latest_changes_are_kept_and_none_of_a_candidate_that_ended(backend: Backend) {
    let app = TestApp::start_with(backend, |config| config.intents.shadow_kept = 3).await;
    let sara = supervisor(&app).await;
    let id = begin(&app, &EDITS).await;
    for n in 1..=5 {
        says(&app, &visitor(&app), "when do you open?").await;
        looked(&app, &sara, n).await;
    }
    let view = page(&app, &sara).await;
    let running = view.running.expect("it runs");
    assert_eq!((running.changed, view.kept, view.changes.len()), (5, 3, 3), "counted, not kept");

    shadow::discard(&app.house, &sara.board().unwrap(), id).await.unwrap();
    assert_eq!(app.number("SELECT COUNT(*) FROM shadow_change").await, 0);
    let files = "SELECT COUNT(*) FROM candidate WHERE CAST(files AS TEXT) <> '{}'";
    assert_eq!(app.number(files).await, 0, "nor its files");
    let view = page(&app, &sara).await;
    assert!(view.running.is_none() && view.changes.is_empty());
    let ended = view.ended.first().expect("it is remembered");
    assert_eq!(
        (&*ended.state, ended.ended_by.as_deref(), ended.changed),
        ("discarded", Some("sara"), 5)
    );
    says(&app, &visitor(&app), "when do you open?").await;
    assert_eq!(shadow::step(&app.house).await.unwrap(), 0, "nobody listens any more");
    app.stop().await;
}

async fn of_two_supervisors_one_wins_and_the_other_is_told(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let ugo = hire(&app, "ugo", sportello::domain::agent::Role::Supervisor, &[], 3).await;
    for round in ["a", "b", "c"] {
        let id = begin(&app, &[(EDITS[0].0, &EDITS[0].1.replace("20", round))]).await;
        let (hers, his) = (sara.board().unwrap(), ugo.board().unwrap());
        let (promoted, discarded) = tokio::join!(
            shadow::promote(&app.house, &hers, id),
            shadow::discard(&app.house, &his, id)
        );
        let (lost, winner) = match (promoted, discarded) {
            (Ok(()), Err(lost)) => (lost, "sara"),
            (Err(lost), Ok(())) => (lost, "ugo"),
            both => panic!("{both:?}"),
        };
        let ServiceError::Conflict { winner: named, message } = lost else { panic!("{lost:?}") };
        assert_eq!(named.as_deref(), Some(winner), "{message}");
        let said = words(&says(&app, &visitor(&app), "when do you open?").await);
        assert_eq!(said.contains(&format!("9 to {round}")), winner == "sara", "{said}");
    }
    let gone = shadow::promote(&app.house, &sara.board().unwrap(), Uuid::nil()).await;
    assert!(matches!(gone, Err(ServiceError::NotFound(_))), "{gone:?}");
    app.stop().await;
}

async fn the_page_promotes_and_tells_whoever_is_too_late(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let line = Line::of(&app, &sara).await;
    assert!(line.get("/board").await.body.contains("No candidate runs now"));
    assert!(
        line.get_in("it", "/board/shadow").await.body.contains("Ora non gira nessuna candidata")
    );
    let id = begin(&app, &EDITS).await;
    says(&app, &visitor(&app), "when do you open? <b>").await;
    looked(&app, &sara, 1).await;
    let html = line.get("/board/shadow").await.body;
    for held in
        ["when do you open? &lt;b&gt;", "every day, 9 to 20", "opening_hours", "Promote now"]
    {
        assert!(html.contains(held), "{held}");
    }
    assert!(line.get("/board").await.body.contains("1 of 1 answers would change"));
    let listed = line.get("/board/shadow/live?kind=outcome").await.body;
    assert!(listed.contains("No answer of this kind") && !listed.contains("<html"), "{listed}");

    let address = format!("/board/shadow/{id}/promote");
    let late = line.form(&address, "").await;
    assert_eq!(late.status, 303, "{}", late.body);
    let late = line.form(&address, "").await;
    assert_eq!((late.status, late.json()["winner"].as_str()), (409, Some("sara")));
    let html = line.get(&format!("/board/shadow?late={id}")).await.body;
    assert!(html.contains("sara had promoted it already"), "{html}");
    assert!(words(&says(&app, &visitor(&app), "when do you open?").await).contains("every day"));
    app.stop().await;
}

on_both!(
    nothing_of_a_candidate_is_heard_and_every_change_is_listed,
    a_form_is_compared_question_by_question,
    another_intent_is_a_change_of_its_own_kind,
    customers_data_is_masked,
    only_the_latest_changes_are_kept_and_none_of_a_candidate_that_ended,
    of_two_supervisors_one_wins_and_the_other_is_told,
    the_page_promotes_and_tells_whoever_is_too_late,
);
