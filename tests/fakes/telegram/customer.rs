//! What customers do.

use serde_json::{Value, json};

use super::file::{File, photo};
use super::shapes::{DATE, bot, merge, person, private};
use super::{FakeTelegram, shapes};

impl FakeTelegram {
    /// A customer writes; returns the update's id.
    pub(crate) fn customer_says(&self, chat: i64, text: &str) -> i64 {
        self.customer_sends(chat, json!({"text": text}))
    }

    /// A customer writes, and the update has this id: after a week of silence ids begin anew.
    pub(crate) fn customer_says_as(&self, update_id: i64, chat: i64, text: &str) -> i64 {
        let mut message = self.new_message(chat, &person(chat));
        merge(&mut message, json!({"text": text}));
        self.arrives_as(update_id, json!({"message": message}))
    }

    /// A customer sends any kind of message: `content` is merged into it.
    pub(crate) fn customer_sends(&self, chat: i64, content: Value) -> i64 {
        let mut message = self.new_message(chat, &person(chat));
        merge(&mut message, content);
        self.arrives(json!({"message": message}))
    }

    /// A customer presses a button under a message; returns the update's id.
    pub(crate) fn customer_presses(&self, chat: i64, data: &str, message_id: i64) -> i64 {
        self.press("press", chat, data, message_id)
    }

    /// As [`Self::customer_presses`], and Telegram takes no answer to it any more.
    pub(crate) fn customer_presses_late(&self, chat: i64, data: &str, message_id: i64) -> i64 {
        self.press("late", chat, data, message_id)
    }

    fn press(&self, kind: &str, chat: i64, data: &str, message_id: i64) -> i64 {
        let shown =
            self.server.state().shown.iter().find(|it| it.message_id == message_id).cloned();
        let message = shown.expect("a button is under a message that was sent").raw;
        self.arrives(json!({"callback_query": {
            "id": format!("{kind}-{chat}-{message_id}-{data}"), "from": person(chat),
            "message": message, "chat_instance": "-31415926", "data": data,
        }}))
    }

    /// A customer blocks the bot: an update says so, and sendings are refused from now on.
    pub(crate) fn customer_blocks(&self, chat: i64) -> i64 {
        self.server.state().blocked.insert(chat);
        let bot = bot();
        self.arrives(json!({"my_chat_member": {
            "chat": private(chat), "from": person(chat), "date": DATE,
            "old_chat_member": {"user": bot, "status": "member"},
            "new_chat_member": {"user": bot, "status": "kicked", "until_date": 0},
        }}))
    }

    /// A customer lets the bot write again.
    pub(crate) fn customer_unblocks(&self, chat: i64) -> i64 {
        self.server.state().blocked.remove(&chat);
        let bot = bot();
        self.arrives(json!({"my_chat_member": {
            "chat": private(chat), "from": person(chat), "date": DATE,
            "old_chat_member": {"user": bot, "status": "kicked", "until_date": 0},
            "new_chat_member": {"user": bot, "status": "member"},
        }}))
    }

    /// A customer sends a file with words under it.
    pub(crate) fn customer_sends_file(&self, chat: i64, file: File, caption: &str) -> i64 {
        let mut content = self.server.state().keep(file);
        if !caption.is_empty() {
            merge(&mut content, json!({"caption": caption}));
        }
        self.customer_sends(chat, content)
    }

    /// One photo of an album.
    pub(crate) fn customer_sends_part(&self, chat: i64, album: &str, caption: &str) -> i64 {
        let content = self.server.state().keep(photo(b"\xff\xd8\xff\xe0 a photo".as_slice()));
        let mut content = content;
        merge(&mut content, json!({"media_group_id": album}));
        if !caption.is_empty() {
            merge(&mut content, json!({"caption": caption}));
        }
        self.customer_sends(chat, content)
    }

    /// A customer changes a message that they have written.
    pub(crate) fn customer_edits(&self, chat: i64, message_id: i64, text: &str) -> i64 {
        let mut message = shapes::message(message_id, chat, &person(chat));
        merge(&mut message, json!({"edit_date": DATE + 1_000, "text": text}));
        self.arrives(json!({"edited_message": message}))
    }

    /// A group becomes a supergroup: told in the old one and in the new one.
    pub(crate) fn group_moves(&self, from: i64, to: i64) -> (i64, i64) {
        let message = |id: i64, chat: i64, kind: &str, content: Value| {
            let mut message = json!({"message_id": id, "date": DATE, "from": person(7),
                "chat": {"id": chat, "type": kind, "title": "Desk"}});
            merge(&mut message, content);
            json!({"message": message})
        };
        self.server.state().moved.insert(from, to);
        let old = message(90, from, "group", json!({"migrate_to_chat_id": to}));
        let new = message(1, to, "supergroup", json!({"migrate_from_chat_id": from}));
        (self.arrives(old), self.arrives(new))
    }
}
