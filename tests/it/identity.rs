//! One customer on many channels: what links contacts, what does not, and that it can be undone.

use serde_json::{Value, json};
use sportello::channel::{Intake as _, Received};
use sportello::domain::agent::Role;
use sportello::domain::contact::{Address, ChannelName, Origin};
use sportello::domain::id::{ContactId, TicketId};
use sportello::domain::inbound::{Content, Inbound};
use sportello::domain::message::Attachment;
use sportello::domain::person::CLAIM_LASTS;
use sportello::service::clock::fresh_id;
use sportello::service::identity::{self, Claim, Proof};
use sportello::service::{ServiceError, desk};
use sportello::store::{self};

use crate::support::call::Line;
use crate::support::cast::{
    asks_for_a_person, hire, newest, read, record, says, supervisor, takes, visitor,
};
use crate::support::{Backend, TestApp, on_both};

pub(crate) fn signed(id: &str) -> Claim {
    Claim::SignedId(id.to_owned())
}

pub(crate) fn phone(number: &str) -> Claim {
    Claim::Phone(number.to_owned())
}

pub(crate) async fn contact_of(app: &TestApp, ticket: TicketId) -> ContactId {
    record(app, ticket).await.ticket.contact_id
}

/// A new customer with a ticket.
pub(crate) async fn somebody(app: &TestApp) -> (ContactId, TicketId) {
    let (_, ticket) = asks_for_a_person(app).await;
    (contact_of(app, ticket).await, ticket)
}

pub(crate) async fn proves(app: &TestApp, contact: ContactId, claim: Claim, proof: Proof) {
    identity::claim(&app.house, contact, claim, proof).await.unwrap();
}

pub(crate) async fn members(app: &TestApp, contact: ContactId) -> Vec<ContactId> {
    store::person::members(&app.house.db, contact).await.unwrap()
}

async fn the_same_proof_links_and_a_typed_address_never_does(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let ((a, first), (b, second)) = (somebody(&app).await, somebody(&app).await);
    proves(&app, a, signed("C-1"), Proof::SignedId).await;
    let view = read(&app, &sara, first).await;
    assert_eq!(view.person.contacts.len(), 1);
    assert_eq!(view.person.contacts[0].standing, "verified");
    assert_eq!(members(&app, b).await, [b], "what is merely typed links nobody");
    proves(&app, b, signed(" C-1 "), Proof::SignedId).await;
    proves(&app, b, signed("C-1"), Proof::SignedId).await;
    assert_eq!(members(&app, a).await, [a, b]);
    let view = read(&app, &sara, second).await;
    assert_eq!(view.person.contacts.len(), 2);
    assert!(view.person.contacts[0].here && view.person.contacts[0].id == b.to_string());
    assert_eq!(view.person.id, a.to_string(), "a person's id is its first contact's");
    let earlier: Vec<_> = view.earlier.iter().map(|row| row.id.clone()).collect();
    assert_eq!(earlier, [first.to_string()], "one history");
    let proof = &view.person.contacts[0].proofs[0];
    assert_eq!((proof.kind.as_str(), proof.state.as_str()), ("signed_id", "stands"));
    assert_eq!(proof.value, "C•••", "never shown whole");
    assert_eq!(app.number("SELECT COUNT(*) FROM tie").await, 2, "a repetition adds nothing");
    for bad in [phone("333 1234567"), Claim::Email("ada".to_owned()), signed("")] {
        let refused = identity::claim(&app.house, a, bad, Proof::PhoneShared).await;
        assert!(matches!(refused, Err(ServiceError::Invalid(_))), "{refused:?}");
    }
    let nobody = ContactId(fresh_id());
    let missing = identity::claim(&app.house, nobody, signed("C-1"), Proof::SignedId).await;
    assert!(matches!(missing, Err(ServiceError::NotFound(_))), "{missing:?}");
    app.stop().await;
}

/// A typed e-mail is shown as typed, also when another contact proved the very same one.
async fn what_is_typed_says_so(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let (owner, _) = somebody(&app).await;
    let theirs = Claim::Email("Ada@Example.com".to_owned());
    proves(&app, owner, theirs.clone(), Proof::EmailCode).await;
    let (other, ticket) = somebody(&app).await;
    let db = &app.house.db;
    let mut packet = record(&app, ticket).await.ticket.packet;
    packet.slots.insert("email".to_owned(), "ada@example.com".to_owned());
    packet.slots.insert("order_number".to_owned(), "AB123456".to_owned());
    let packet = serde_json::to_string(&packet).unwrap().replace('\'', "''");
    app.sql(&format!("UPDATE ticket SET packet = '{packet}'")).await;
    assert_eq!(members(&app, other).await, [other]);
    assert_eq!(read(&app, &sara, ticket).await.unproved, ["email"]);
    proves(&app, other, theirs, Proof::EmailCode).await;
    assert_eq!(read(&app, &sara, ticket).await.unproved, [""; 0]);
    assert_eq!(store::person::members(db, other).await.unwrap().len(), 2);
    app.stop().await;
}

async fn undoing_takes_exactly_that_back(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let right = sara.desk();
    let ((a, ticket), (b, _), (c, _)) =
        (somebody(&app).await, somebody(&app).await, somebody(&app).await);
    proves(&app, a, signed("C-1"), Proof::SignedId).await;
    proves(&app, b, signed("C-1"), Proof::SignedId).await;
    proves(&app, b, phone("+39 333 1234567"), Proof::PhoneShared).await;
    proves(&app, c, phone("00393331234567"), Proof::PhoneShared).await;
    assert_eq!(members(&app, c).await, [a, b, c], "a chain is one person");
    let of_b = |kind: &'static str| {
        let app = &app;
        let sara = &sara;
        async move {
            let known = identity::of_contact(&app.house, sara, b).await.unwrap();
            let proofs = known.person.contacts[0].proofs.clone();
            proofs.into_iter().find(|proof| proof.kind == kind).unwrap()
        }
    };
    let tie = of_b("signed_id").await.id.parse().unwrap();
    let none = identity::unlink(&app.house, &right, b, Some(tie), "  ", None).await;
    assert!(matches!(none, Err(ServiceError::Invalid(_))), "{none:?}");
    identity::unlink(&app.house, &right, b, Some(tie), "wrong account", None).await.unwrap();
    assert_eq!(members(&app, a).await, [a]);
    assert_eq!(members(&app, b).await, [b, c], "what another proof holds stays");
    assert_eq!(of_b("signed_id").await.state, "undone");
    proves(&app, b, signed("C-1"), Proof::SignedId).await;
    assert_eq!(members(&app, b).await, [b, c], "a page that repeats itself does not undo a person");
    let again = identity::unlink(&app.house, &right, b, Some(tie), "again", None).await;
    assert!(matches!(again, Err(ServiceError::Conflict { .. })), "{again:?}");
    identity::link_again(&app.house, &right, b, tie, "it was right", None).await.unwrap();
    assert_eq!(members(&app, c).await, [a, b, c]);
    let twice = identity::link_again(&app.house, &right, b, tie, "it was right", None).await;
    assert!(matches!(twice, Err(ServiceError::Conflict { .. })), "{twice:?}");
    // All at once: the one in the middle leaves, and with it what it held together.
    identity::unlink(&app.house, &right, b, None, "a shared phone", None).await.unwrap();
    for one in [a, b, c] {
        assert_eq!(members(&app, one).await, [one]);
    }
    assert_eq!(of_b("phone").await.state, "undone");
    // A deed of the customer's counts anew.
    proves(&app, b, phone("+393331234567"), Proof::PhoneShared).await;
    assert_eq!(members(&app, b).await, [b, c]);
    let told = app.number("SELECT COUNT(*) FROM identity_event WHERE event = 'unlinked'").await;
    assert_eq!(told, 3);
    assert_eq!(read(&app, &sara, ticket).await.person.contacts.len(), 1);
    app.stop().await;
}

async fn a_claim_grown_old_links_nobody_new(backend: Backend) {
    let app = TestApp::start(backend).await;
    let ((a, _), (b, _), (c, _)) =
        (somebody(&app).await, somebody(&app).await, somebody(&app).await);
    proves(&app, a, phone("+393331234567"), Proof::PhoneShared).await;
    proves(&app, b, phone("+393331234567"), Proof::PhoneShared).await;
    app.clock.advance(CLAIM_LASTS + 1);
    assert_eq!(members(&app, a).await, [a, b], "who is linked stays so");
    proves(&app, c, phone("+393331234567"), Proof::PhoneShared).await;
    assert_eq!(members(&app, c).await, [c], "the number may have changed hands");
    proves(&app, b, phone("+393331234567"), Proof::PhoneShared).await;
    assert_eq!(members(&app, c).await, [a, b, c], "until it is proved anew");
    app.pass(0).await;
    app.stop().await;
}

async fn proofs_at_once_give_what_they_give_one_by_one(backend: Backend) {
    let app = TestApp::start(backend).await;
    let mut all = Vec::new();
    for _ in 0..6 {
        all.push(somebody(&app).await.0);
    }
    for round in 0..4 {
        let claims = (0..6).flat_map(|at| [(at, at), (at, at + 1)]);
        let proofs = claims.map(|(at, fact)| {
            let fact = signed(&format!("R{round}-{fact}"));
            identity::claim(&app.house, all[at], fact, Proof::SignedId)
        });
        for done in futures::future::join_all(proofs).await {
            done.unwrap();
        }
        assert_eq!(members(&app, all[5]).await, all, "round {round}");
        app.sql("UPDATE tie SET undone_at = 1").await;
        app.sql("DELETE FROM person_member").await;
    }
    let twice = [0, 1].map(|at| identity::claim(&app.house, all[at], signed("X"), Proof::SignedId));
    for done in futures::future::join_all(twice).await {
        done.unwrap();
    }
    assert_eq!(members(&app, all[0]).await, all[..2]);
    app.stop().await;
}

/// An update as Telegram's channel hands it in.
pub(crate) async fn shares(app: &TestApp, address: &str, kind: &str, number: &str) {
    let channel = ChannelName("telegram:shop".to_owned());
    let id = fresh_id().to_string();
    let attachment = Attachment {
        kind: kind.to_owned(),
        reference: Some(number.to_owned()),
        ..Attachment::default()
    };
    let content = Content::Files { caption: String::new(), attachments: vec![attachment] };
    let inbound = Inbound {
        channel: channel.clone(),
        provider_id: id.clone(),
        address: Address(address.to_owned()),
        name: Some("Ada".to_owned()),
        language: None,
        content,
        provider_at: None,
        origin: Origin::Real,
        segments: None,
    };
    let received = Received { provider_id: id, raw: b"{}".to_vec(), content: Ok(inbound) };
    app.house.accept(&channel, received).await.unwrap();
    app.settle().await;
}

async fn a_shared_own_number_is_proof_and_another_card_is_none(backend: Backend) {
    let app = TestApp::start(backend).await;
    let at = async |address: &str| {
        let channel = ChannelName("telegram:shop".to_owned());
        let address = Address(address.to_owned());
        store::person::contact_at(&app.house.db, &channel, &address).await.unwrap().unwrap()
    };
    shares(&app, "1", "contact_own", "393331234567").await;
    shares(&app, "2", "contact", "+393331234567").await;
    let (one, two) = (at("1").await, at("2").await);
    assert_eq!(members(&app, two).await, [two], "a friend's card proves nothing");
    shares(&app, "2", "contact_own", "+39 333 123 4567").await;
    shares(&app, "2", "contact_own", "+39 333 123 4567").await;
    assert_eq!(members(&app, two).await, [one, two]);
    assert_eq!(app.number("SELECT COUNT(*) FROM tie").await, 2);
    shares(&app, "3", "contact_own", "no number").await;
    let three = at("3").await;
    assert_eq!(members(&app, three).await, [three]);
    let (channel, address) = (ChannelName("telegram:shop".to_owned()), Address("4".to_owned()));
    let early = identity::claim_at(&app.house, &channel, &address, signed("C"), Proof::SignedId);
    assert!(!early.await.unwrap(), "nobody wrote from there yet");
    app.stop().await;
}

/// A customer of the team `banco` with a ticket, and one of another team.
async fn of_two_teams(app: &TestApp) -> (ContactId, TicketId, ContactId) {
    let (a, hers) = somebody(app).await;
    let customer = visitor(app);
    says(app, &customer, "the item arrived broken").await;
    says(app, &customer, "AB123456").await;
    let theirs = newest(app).await.ticket.id;
    app.sql("UPDATE ticket SET team = 'banco' WHERE team IS NULL").await;
    (a, hers, contact_of(app, theirs).await)
}

async fn teams_keep_to_their_own(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (sara, berta) =
        (supervisor(&app).await, hire(&app, "berta", Role::Agent, &["banco"], 3).await);
    let (a, hers, b) = of_two_teams(&app).await;
    for contact in [a, b] {
        proves(&app, contact, signed("C-1"), Proof::SignedId).await;
    }
    let view = read(&app, &berta, hers).await;
    assert_eq!(view.person.contacts.len(), 2, "that there is another channel is no secret");
    assert!(!view.person.contacts[1].readable, "what was said there is");
    assert!(view.earlier.is_empty(), "{:?}", view.earlier);
    let (by_sara, by_berta) = (Line::of(&app, &sara).await, Line::of(&app, &berta).await);
    for path in [format!("/desk/contacts/{b}"), format!("/api/v1/contacts/{b}")] {
        assert_eq!(by_berta.get(&path).await.status, 404, "{path}");
        assert_eq!(by_sara.get(&path).await.status, 200, "{path}");
    }
    let found = by_berta.get("/api/v1/contacts?q=AB123456").await.json();
    assert_eq!(found, json!({"contacts": []}));
    let found = by_sara.get("/api/v1/contacts?q=ab123456").await.json();
    assert_eq!(found, json!({"contacts": [b.to_string()]}));
    let found = by_sara.get("/api/v1/contacts?q=C-1").await.json();
    assert_eq!(found, json!({"contacts": [a.to_string(), b.to_string()]}));
    let far = identity::unlink(&app.house, &berta.desk(), b, None, "no", None).await;
    assert!(matches!(far, Err(ServiceError::NotFound(_))), "{far:?}");
    app.stop().await;
}

async fn only_who_knows_both_links_them_again(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (sara, house) = (supervisor(&app).await, &app.house);
    let berta = hire(&app, "berta", Role::Agent, &["banco"], 3).await;
    let (a, _, b) = of_two_teams(&app).await;
    identity::link(house, &sara.desk(), a, b, "they called", None).await.unwrap();
    let known = identity::of_contact(house, &sara, b).await.unwrap();
    let tie = known.person.contacts[0].proofs[0].id.parse().unwrap();
    identity::unlink(house, &sara.desk(), a, None, "a mistake", None).await.unwrap();
    let far = identity::link_again(house, &berta.desk(), a, tie, "no", None).await;
    assert!(matches!(far, Err(ServiceError::NotFound(_))), "{far:?}");
    assert_eq!(members(&app, a).await, [a]);
    identity::link_again(house, &sara.desk(), a, tie, "no mistake", None).await.unwrap();
    assert_eq!(members(&app, a).await, [a, b]);
    app.stop().await;
}

async fn the_interface_links_and_unlinks_once(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let line = Line::of(&app, &sara).await;
    let ((a, _), (b, second)) = (somebody(&app).await, somebody(&app).await);
    let (linking, unlinking) =
        (format!("/api/v1/contacts/{a}/link"), format!("/api/v1/contacts/{a}/unlink"));
    assert_eq!(line.post(&linking, &json!({"with": b.to_string()})).await.status, 422, "no reason");
    assert_eq!(line.post(&linking, &json!({"reason": "x"})).await.status, 422);
    let body = json!({"with": b.to_string(), "reason": "they called"});
    for _ in 0..2 {
        let linked = line.post_as("k1", &linking, &body).await;
        assert_eq!(linked.status, 200, "{linked:?}");
        assert_eq!(linked.json()["person"]["contacts"].as_array().map(Vec::len), Some(2));
    }
    let known = line.get(&format!("/api/v1/contacts/{b}")).await.json();
    let proof = &known["person"]["contacts"][0]["proofs"][0];
    assert_eq!(known["person"]["contacts"][0]["standing"], "by_hand");
    assert_eq!((&proof["proof"], &proof["by"]), (&json!("agent"), &json!("sara")));
    assert_eq!(proof["reason"], "they called");
    assert_eq!(known["history"].as_array().map(Vec::len), Some(2));
    assert_eq!(line.post_as("k2", &linking, &body).await.status, 409, "one person already");
    let why = json!({"reason": "a mistake"});
    for _ in 0..2 {
        assert_eq!(line.post_as("k3", &unlinking, &why).await.status, 204);
    }
    assert_eq!(members(&app, a).await, [a]);
    assert_eq!(line.post_as("k4", &unlinking, &why).await.status, 409);
    let again = json!({"again": proof["id"], "reason": "no mistake"});
    assert_eq!(line.post_as("k5", &linking, &again).await.status, 200);
    assert_eq!(members(&app, a).await, [a, b]);
    let unknown = json!({"with": fresh_id().to_string(), "reason": "x"});
    assert_eq!(line.post(&linking, &unknown).await.status, 404);
    assert_eq!(line.post(&linking, &json!({"wth": 1})).await.status, 400);
    let told: Value = line.get("/openapi.json").await.json();
    assert!(told["paths"]["/api/v1/contacts/{id}/link"].is_object());
    // The same by the desk's forms.
    let form = async |verb: &str, body: String| {
        line.form(&format!("/desk/tickets/{second}/{verb}"), &body).await.status
    };
    assert_eq!(form("unlink", format!("to={b}&note=wrong&request=1")).await, 200);
    assert_eq!(members(&app, a).await, [a]);
    let tie = proof["id"].as_str().unwrap();
    assert_eq!(form("link-again", format!("to={b}+{tie}&note=right&request=2")).await, 200);
    assert_eq!(form("unlink", format!("to={b}&note=wrong&request=3")).await, 200);
    let code = line.get(&format!("/api/v1/contacts/{a}")).await.json();
    let code = code["history"][0]["code"].as_str().unwrap().to_lowercase();
    assert_eq!(form("link", format!("text={code}&note=same+voice&request=4")).await, 200);
    assert_eq!(members(&app, b).await, [a, b]);
    assert_eq!(form("link", format!("text={code}&note=again&request=5")).await, 409);
    assert_eq!(form("link", "text=nobody%40example.com&note=x&request=6".to_owned()).await, 404);
    app.stop().await;
}

async fn the_desk_shows_one_person(backend: Backend) {
    let app = TestApp::start(backend).await;
    let anna = hire(&app, "anna", Role::Agent, &[], 3).await;
    let (a, first) = somebody(&app).await;
    assert_eq!(takes(&app, &anna).await, first);
    shares(&app, "1", "contact_own", "393331234567").await;
    proves(&app, a, phone("+393331234567"), Proof::PhoneShared).await;
    let other = members(&app, a).await.into_iter().find(|other| *other != a).unwrap();
    let line = Line::of(&app, &anna).await;
    let page = line.get(&format!("/desk/tickets/{first}")).await.body;
    for words in ["Channels and identity", "Verified", "+39•••567", "number shared by the customer"]
    {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains("They also write on: Telegram"), "the reply's channel is said");
    assert!(page.contains(&format!("/desk/contacts/{other}")));
    assert!(!page.contains("1234567"), "a proved number is never shown whole");
    let page = line.get_in("it", &format!("/desk/tickets/{first}")).await.body;
    for words in ["Canali e identità", "Verificato", "numero condiviso dal cliente", "Scollega…"]
    {
        assert!(page.contains(words), "{words}");
    }
    let page = line.get(&format!("/desk/contacts/{other}")).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("For reading") && page.body.contains("Telegram"));
    assert!(page.body.contains(&format!("/desk/tickets/{first}")), "one history");
    assert!(
        desk::ticket(&app.house, &anna, first, sportello::domain::language::Language::En)
            .await
            .is_ok()
    );
    app.stop().await;
}

on_both!(
    the_same_proof_links_and_a_typed_address_never_does,
    what_is_typed_says_so,
    undoing_takes_exactly_that_back,
    a_claim_grown_old_links_nobody_new,
    proofs_at_once_give_what_they_give_one_by_one,
    a_shared_own_number_is_proof_and_another_card_is_none,
    teams_keep_to_their_own,
    only_who_knows_both_links_them_again,
    the_interface_links_and_unlinks_once,
    the_desk_shows_one_person,
);
