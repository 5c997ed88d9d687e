//! How an offer is answered from outside: by the interface and by plain forms.

use sportello::service::access::Caller;
use sportello::service::desk;
use sportello::service::people;

use super::{push, until_asked, worker};
use crate::support::cast::asks_for_a_person;
use crate::support::{Backend, TestApp, on_both};

/// The answer's status and body.
async fn call(app: &TestApp, verb: &str, path: &str, token: &str) -> (u16, String) {
    #[expect(clippy::disallowed_methods, reason = "the test's own client")]
    let client =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let url = format!("http://{}{path}", app.address);
    let request = if verb == "get" {
        client.get(url)
    } else if path.starts_with("/desk") {
        let form = "application/x-www-form-urlencoded";
        client.post(url).header("content-type", form).body("query=")
    } else {
        client.post(url)
    };
    let answer = request.bearer_auth(token).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn token(app: &TestApp, caller: &Caller) -> String {
    let (db, now) = (&app.house.db, app.house.now());
    people::create_token(db, &caller.agent.email, "t", now).await.unwrap()
}

async fn offers_are_answered_by_the_interface_and_by_plain_forms(backend: Backend) {
    let app = TestApp::start_with(backend, push).await;
    let anna = worker(&app, "anna", 3).await;
    let (_, first) = asks_for_a_person(&app).await;
    until_asked(&app, &anna, first).await;
    let berta = worker(&app, "berta", 3).await;
    let (annas, bertas) = (token(&app, &anna).await, token(&app, &berta).await);

    let (status, page) = call(&app, "get", "/desk", &annas).await;
    assert!(status == 200 && page.contains(&format!("id=\"offer-{first}\"")), "{page}");
    let (status, list) = call(&app, "get", "/api/v1/offers", &annas).await;
    assert!(status == 200 && list.contains(&first.to_string()), "{list}");
    let accept = format!("/api/v1/offers/{first}/accept");
    assert_eq!(call(&app, "post", &accept, &bertas).await.0, 404, "she was not asked");
    let (status, told) =
        call(&app, "post", &format!("/api/v1/tickets/{first}/take"), &bertas).await;
    assert!(status == 409 && told.contains("anna is asked"), "{told}");
    let decline = format!("/desk/offers/{first}/decline");
    assert_eq!(call(&app, "post", &decline, &annas).await.0, 303);
    until_asked(&app, &berta, first).await;
    assert_eq!(call(&app, "post", &accept, &bertas).await.0, 200);
    let (status, told) = call(&app, "post", &accept, &annas).await;
    assert!(status == 409 && told.contains("\"winner\":\"berta\""), "{told}");

    let (_, second) = asks_for_a_person(&app).await;
    until_asked(&app, &anna, second).await;
    let taken = desk::take_this(&app.house, &anna.desk(), second).await.unwrap();
    assert_eq!(taken.assignee.as_deref(), Some("anna"), "taking what is offered accepts it");
    app.stop().await;
}

on_both!(offers_are_answered_by_the_interface_and_by_plain_forms,);
