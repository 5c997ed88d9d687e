//! Requests by a person's token, to the interface and to the desk's own forms.

use serde_json::Value;
use sportello::service::access::Caller;
use sportello::service::people;

use super::TestApp;

/// Somebody with a token.
pub(crate) struct Line {
    url: String,
    token: String,
    client: reqwest::Client,
}

/// The answer's status and body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

impl Line {
    /// A line for this person.
    pub(crate) async fn of(app: &TestApp, caller: &Caller) -> Self {
        let (db, now) = (&app.house.db, app.house.now());
        let token = people::create_token(db, &caller.agent.email, "t", now).await.expect("a token");
        #[expect(clippy::disallowed_methods, reason = "the test's own client")]
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Self { url: format!("http://{}", app.address), token, client }
    }

    /// Reads a page or a resource.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.answer(self.client.get(self.at(path)).header("accept-language", "en")).await
    }

    /// Reads a page in a language.
    pub(crate) async fn get_in(&self, language: &str, path: &str) -> Answer {
        self.answer(self.client.get(self.at(path)).header("accept-language", language)).await
    }

    /// Writes to the interface.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.answer(self.client.post(self.at(path)).body(body.to_string())).await
    }

    /// Writes to the interface, as a request that may be repeated.
    pub(crate) async fn post_as(&self, key: &str, path: &str, body: &Value) -> Answer {
        let request = self.client.post(self.at(path)).header("idempotency-key", key);
        self.answer(request.body(body.to_string())).await
    }

    /// Replaces something.
    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.answer(self.client.put(self.at(path)).body(body.to_string())).await
    }

    /// Sends a form of the desk's, as a script does.
    pub(crate) async fn form(&self, path: &str, body: &str) -> Answer {
        let request = self.client.post(self.at(path)).header("accept", "application/json");
        let kind = "application/x-www-form-urlencoded";
        self.answer(request.header("content-type", kind).body(body.to_owned())).await
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Answer {
        let answer = request.bearer_auth(&self.token).send().await.expect("an answer");
        Answer { status: answer.status().as_u16(), body: answer.text().await.expect("a body") }
    }
}
