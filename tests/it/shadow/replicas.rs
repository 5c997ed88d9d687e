//! What one replica promotes, the others load; and it outlives them.

use sportello::service::content::{ContentFiles, follow};
use sportello::service::shadow::{self, Occasion, Proposed};
use sportello::store::content::Files;
use sportello::store::{candidate, content};

use super::{EDITS, begin, looked, page, shop};
use crate::support::cast::{says, supervisor, visitor, words};
use crate::support::{Backend, TestApp, on_both, shop_with};

fn version(app: &TestApp) -> String {
    app.house.content.knowledge().version.clone()
}

async fn hours(app: &TestApp) -> String {
    words(&says(app, &visitor(app), "when do you open?").await)
}

/// The fixture's files with other intents, as the watcher of the folder would read them.
fn files(edits: &[(&str, &str)]) -> ContentFiles {
    let sources = shop_with(include_str!("../fixtures/sla.yaml"));
    ContentFiles { intents: shop(edits), policies: sources.policies, teams: sources.teams }
}

async fn what_one_replica_promotes_every_replica_loads(backend: Backend) {
    let app = TestApp::start(backend).await;
    let second = app.second().await;
    let sara = supervisor(&app).await;
    let id = begin(&app, &EDITS).await;
    let candidate = app.house.content.shadow();
    assert!(format!("{candidate:?}").contains("every day"), "it runs here");
    second
        .until("it runs there too", async || {
            format!("{:?}", second.house.content.shadow()).contains("every day")
        })
        .await;
    // Answers of both replicas are compared.
    hours(&app).await;
    hours(&second).await;
    shadow::step(&second.house).await.unwrap();
    let view = looked(&app, &sara, 2).await;
    let running = view.running.expect("it runs");
    assert_eq!((running.looked, running.changed), (2, 2));

    shadow::promote(&second.house, &sara.board().unwrap(), id).await.unwrap();
    assert_eq!(version(&second), running.version, "the very version that ran");
    app.until("the other replica has it", async || version(&app) == running.version).await;
    assert!(hours(&app).await.contains("every day") && hours(&second).await.contains("every day"));
    assert!(page(&app, &sara).await.running.is_none());
    second.stop().await;
    app.stop().await;
}

async fn what_was_promoted_stays_until_the_files_change(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let id = begin(&app, &EDITS).await;
    shadow::promote(&app.house, &sara.board().unwrap(), id).await.unwrap();
    let promoted = version(&app);
    let app = app.restart().await;
    assert_eq!(version(&app), promoted, "the same files do not take it back");
    app.publish_teams("teams: {}").await;
    assert_eq!(version(&app), promoted, "nor do other rules beside the same intents");
    assert!(hours(&app).await.contains("every day"));

    app.house.republish(files(&[("9 to 18.\"", "9 to 17.\"")])).await.unwrap();
    assert!(hours(&app).await.contains("9 to 17"), "changed files do");
    app.stop().await;
}

async fn a_candidate_outlives_a_restart_and_is_counted_anew_beside_other_knowledge(
    backend: Backend,
) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let id = begin(&app, &EDITS).await;
    hours(&app).await;
    looked(&app, &sara, 1).await;
    let app = app.restart().await;
    app.until("it runs again", async || {
        format!("{:?}", app.house.content.shadow()).contains("every day")
    })
    .await;
    hours(&app).await;
    let view = looked(&app, &sara, 2).await;
    assert_eq!(view.running.map(|running| running.id), Some(id.to_string()));

    app.house.republish(files(&[("9 to 18.\"", "9 to 17.\"")])).await.unwrap();
    shadow::load(&app.house).await.unwrap();
    let view = page(&app, &sara).await;
    let running = view.running.expect("it goes on");
    assert_eq!(
        (running.looked, view.changes.len()),
        (0, 0),
        "the old comparisons mean nothing now"
    );
    app.until("it runs beside the new one", async || {
        shadow::load(&app.house).await.unwrap();
        hours(&app).await;
        shadow::step(&app.house).await.unwrap();
        page(&app, &sara).await.running.is_some_and(|running| running.changed > 0)
    })
    .await;
    let view = page(&app, &sara).await;
    assert!(view.changes[0].before.reply.contains("9 to 17"), "{view:#?}");

    app.house.republish(files(&EDITS)).await.unwrap();
    let view = page(&app, &sara).await;
    assert!(view.running.is_none(), "its very files were published");
    assert_eq!(view.ended[0].state, "withdrawn");
    app.stop().await;
}

async fn a_version_that_cannot_be_read_is_tried_once_and_the_candidate_runs_all_the_same(
    backend: Backend,
) {
    let app = TestApp::start(backend).await;
    let before = version(&app);
    let strange = Files::from([("intents.yaml".to_owned(), "from: the future".to_owned())]);
    let mut tx = app.house.db.begin().await.unwrap();
    content::publish(&mut tx, "intents", "newer", &strange, app.house.now()).await.unwrap();
    tx.commit().await.unwrap();
    // The first look says what is wrong; the app's own may have been faster.
    let _ = follow(&app.house).await;
    let (db, now) = (&app.house.db, app.house.now());
    let begun = shadow::propose(db, shop(&EDITS), Occasion::Asked, now).await.unwrap();
    assert!(matches!(begun, Proposed::Begun(_)), "{begun:?}");
    follow(&app.house).await.expect("nothing is read a second time");
    assert_eq!(version(&app), before, "what was here stays");
    assert!(format!("{:?}", app.house.content.shadow()).contains("every day"), "it runs");

    app.house.republish(files(&[("9 to 18.\"", "9 to 17.\"")])).await.unwrap();
    assert_ne!(version(&app), before, "readable files are taken up");
    app.stop().await;
}

async fn a_promotion_is_never_lost_to_files_that_did_not_change(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let right = sara.board().unwrap();
    for round in 10..16 {
        let hours = format!("9 to {round}.\"");
        let id = begin(&app, &[("9 to 18.\"", hours.as_str())]).await;
        let (promoted, republished) =
            tokio::join!(shadow::promote(&app.house, &right, id), app.house.republish(files(&[])));
        promoted.unwrap();
        republished.unwrap();
        let active = content::active_version(&app.house.db, "intents").await.unwrap();
        let ended = &page(&app, &sara).await.ended[0];
        assert_eq!((active.as_deref(), &*ended.state), (Some(&*ended.version), "promoted"));
    }
    app.stop().await;
}

async fn what_was_discarded_does_not_come_back_from_a_replica_that_sees_it_later(backend: Backend) {
    let app = TestApp::start(backend).await;
    let second = app.second().await;
    let sara = supervisor(&app).await;
    let propose = async |app: &TestApp, edits: &[(&str, &str)], occasion: Occasion| {
        shadow::propose(&app.house.db, shop(edits), occasion, app.house.now()).await.unwrap()
    };
    let begun = propose(&app, &EDITS, Occasion::Changed).await;
    assert!(matches!(begun, Proposed::Begun(_)), "{begun:?}");
    let running = candidate::running(&app.house.db).await.unwrap().expect("it runs");
    shadow::discard(&app.house, &sara.board().unwrap(), running.id).await.unwrap();
    assert_eq!(propose(&second, &EDITS, Occasion::Changed).await, Proposed::Decided);

    let other = [("9 to 18.\"", "9 to 17.\"")];
    assert!(matches!(propose(&app, &other, Occasion::Changed).await, Proposed::Begun(_)));
    let again = propose(&second, &EDITS, Occasion::Changed).await;
    assert!(matches!(again, Proposed::Begun(_)), "others ran since: {again:?}");
    second.stop().await;
    app.stop().await;
}

on_both!(
    a_version_that_cannot_be_read_is_tried_once_and_the_candidate_runs_all_the_same,
    a_promotion_is_never_lost_to_files_that_did_not_change,
    what_was_discarded_does_not_come_back_from_a_replica_that_sees_it_later,
    what_one_replica_promotes_every_replica_loads,
    what_was_promoted_stays_until_the_files_change,
    a_candidate_outlives_a_restart_and_is_counted_anew_beside_other_knowledge,
);
