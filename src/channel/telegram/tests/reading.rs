//! Reading: every kind of update has a meaning, or is kept.

use super::*;

#[tokio::test]
async fn updates_of_every_kind_are_read() {
    let scene = Scene::begin();
    let frame = json!({"message_id": 5, "date": 1_795_319_728,
        "from": {"id": 42, "is_bot": false, "first_name": "Ada"},
        "chat": {"id": 42, "type": "private", "first_name": "Ada"}});
    let photo = |id: &str| json!({"file_id": id, "file_unique_id": id, "width": 9, "height": 9});
    scene.fake.customer_says(CHAT, "/track_order@bottega_bot 1001");
    scene.fake.customer_sends(
        CHAT,
        json!({"photo": [photo("small"), photo("large")], "caption": "è rotto"}),
    );
    scene.fake.customer_sends(CHAT, json!({"location": {"latitude": 45.5, "longitude": 9.2}}));
    scene.fake.customer_sends(CHAT, json!({"dice": {"emoji": "🎲", "value": 3}}));
    let mut edited = frame.clone();
    edited["edit_date"] = json!(1_795_319_729);
    edited["text"] = json!("corretto");
    scene.fake.arrives(json!({"edited_message": edited}));
    let mut group = frame;
    group["chat"] = json!({"id": -100_123, "type": "supergroup", "title": "Desk"});
    group["text"] = json!("ciao a tutti");
    scene.fake.arrives(json!({"message": group}));
    scene.fake.customer_blocks(CHAT);
    scene.accepted(7).await;
    let said = scene.house.said();
    assert_eq!(said[0], text("track order 1001"));
    let Content::Files { caption, attachments } = &said[1] else { panic!("{said:?}") };
    assert_eq!((caption.as_str(), attachments[0].kind.as_str()), ("è rotto", "photo"));
    assert_eq!(attachments[0].reference.as_deref(), Some("large"));
    let Content::Files { attachments, .. } = &said[2] else { panic!("{said:?}") };
    assert_eq!(attachments[0].reference.as_deref(), Some("45.5,9.2"));
    assert_eq!(said[3], Content::Unsupported { kind: "dice".into() });
    assert_eq!(said[4], Content::Edited { text: "corretto".into() });
    assert_eq!(said[5], Content::Unsupported { kind: "group".into() });
    assert_eq!(said[6], Content::Unreachable);
    scene.end().await;
}

#[tokio::test]
async fn who_wrote_is_told_as_telegram_tells_it() {
    let scene = Scene::begin();
    let update = scene.fake.customer_says(CHAT, "ciao");
    scene.accepted(1).await;
    let inbound = scene.house.inbounds().remove(0);
    assert_eq!(inbound.provider_id, update.to_string());
    assert_eq!(inbound.address, Address("42".into()));
    assert_eq!(inbound.name.as_deref(), Some("Ada Rossi"));
    assert_eq!(inbound.language, Some(Language::It));
    assert_eq!(inbound.provider_at, Some(UtcMillis((1_795_319_728 + 11) * 1_000)));
    scene.end().await;
}

#[tokio::test]
async fn an_unknown_update_is_kept_and_does_not_block_the_next() {
    let scene = Scene::begin();
    let strange = scene.fake.arrives(json!({"telepathy": {"thought": "dov'è?"}}));
    let next = scene.fake.customer_says(CHAT, "ciao");
    scene.fake.confirmed(next).await;
    let kept = scene.house.room().accepted[0].clone();
    assert_eq!(kept.provider_id, strange.to_string());
    assert!(kept.content.is_err(), "{kept:?}");
    let raw = String::from_utf8(kept.raw).unwrap();
    assert!(raw.contains("telepathy") && raw.contains("dov'è?"), "{raw}");
    assert_eq!(scene.house.said(), [text("ciao")]);
    scene.end().await;
}

#[tokio::test]
async fn the_parts_of_an_album_know_whose_they_are() {
    let scene = Scene::begin();
    scene.fake.customer_sends_part(CHAT, "g1", "è rotto");
    scene.fake.customer_sends_part(CHAT, "g1", "");
    scene.accepted(2).await;
    for (said, words) in scene.house.said().iter().zip(["è rotto", ""]) {
        let Content::Album { album, caption, attachments } = said else { panic!("{said:?}") };
        assert_eq!((album.as_str(), caption.as_str(), attachments.len()), ("g1", words, 1));
    }
    scene.end().await;
}

#[tokio::test]
async fn only_the_senders_own_card_is_vouched_for() {
    let scene = Scene::begin();
    let card = |user: Option<i64>| {
        let mut card = json!({"phone_number": "393331234567", "first_name": "Ada"});
        if let Some(user) = user {
            card["user_id"] = user.into();
        }
        json!({"contact": card})
    };
    scene.fake.customer_sends(CHAT, card(Some(CHAT)));
    scene.fake.customer_sends(CHAT, card(Some(CHAT + 1)));
    scene.fake.customer_sends(CHAT, card(None));
    let mut forwarded = card(Some(CHAT));
    forwarded["forward_origin"] =
        json!({"type": "hidden_user", "sender_user_name": "Eva", "date": 1});
    scene.fake.customer_sends(CHAT, forwarded);
    scene.accepted(4).await;
    let kinds: Vec<_> = scene
        .house
        .said()
        .into_iter()
        .map(|said| {
            let Content::Files { attachments, .. } = said else { panic!("{said:?}") };
            assert_eq!(attachments[0].reference.as_deref(), Some("+393331234567"));
            attachments[0].kind.clone()
        })
        .collect();
    assert_eq!(kinds, ["contact_own", "contact", "contact", "contact"]);
    scene.end().await;
}

#[tokio::test]
async fn a_group_that_becomes_a_supergroup_tells_its_new_address() {
    let scene = Scene::begin();
    scene.fake.group_moves(-5, -1_005);
    scene.accepted(2).await;
    for inbound in scene.house.inbounds() {
        assert_eq!(inbound.address, Address("-5".into()));
        assert_eq!(inbound.content, Content::Moved { to: Address("-1005".into()) });
    }
    scene.end().await;
}
