//! Every route of the router's own list: 401 without a session, 403 with too little, and never a
//! success for whoever may not.

use std::collections::BTreeSet;

use axum::http::Method;
use sportello::domain::agent::Role;
use sportello::service::people::{self, NewPerson};
use sportello::web::table::{self, Access};

use crate::support::{Backend, TestApp};

async fn token(app: &TestApp, email: &str, role: Role) -> String {
    let new = NewPerson {
        email: email.to_owned(),
        name: None,
        role,
        teams: BTreeSet::new(),
        languages: BTreeSet::new(),
        skills: BTreeSet::new(),
        capacity: 3,
    };
    people::add(&app.house.db, new, "long enough", app.house.now()).await.unwrap();
    people::create_token(&app.house.db, email, "test", app.house.now()).await.unwrap()
}

async fn status(app: &TestApp, method: &Method, path: &str, token: Option<&str>) -> u16 {
    #[expect(clippy::disallowed_methods, reason = "the test's own client")]
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let mut request = client.request(method.clone(), format!("http://{}{path}", app.address));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request.send().await.expect("an answer").status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_asks_for_its_role() {
    let app = TestApp::start(Backend::Embedded).await;
    let agent = token(&app, "anna@shop.example", Role::Agent).await;
    let supervisor = token(&app, "sara@shop.example", Role::Supervisor).await;
    let routes = table::routes();
    assert!(routes.len() > 30);
    for route in routes {
        let path = route
            .path
            .replace("{id}", "01234567-89ab-7def-8123-456789abcdef")
            .replace("{*path}", "css/base.css")
            .replace("{code}", "it")
            .replace("{number}", "AB123456")
            .replace("{bot}", "shop")
            .replace("{decision}", "discard")
            .replace("/board/tickets", "/board/tickets?of=waiting");
        let (method, path) = (&route.method, path.as_str());
        let nobody = status(&app, method, path, None).await;
        let forged = status(&app, method, path, Some("spo_not-a-token")).await;
        let by_agent = status(&app, method, path, Some(&agent)).await;
        let by_supervisor = status(&app, method, path, Some(&supervisor)).await;
        let told = format!("{method} {path}: {nobody} {forged} {by_agent} {by_supervisor}");
        match route.access {
            Access::Public | Access::Signed => assert_ne!(nobody, 403, "{told}"),
            Access::Agent => {
                assert_eq!((nobody, forged), (401, 401), "{told}");
                assert!(!matches!(by_agent, 401 | 403), "{told}");
            }
            Access::Supervisor => {
                assert_eq!((nobody, forged), (401, 401), "{told}");
                assert_eq!(by_agent, 403, "{told}");
                assert!(!matches!(by_supervisor, 401 | 403), "{told}");
            }
        }
    }
    app.stop().await;
}
