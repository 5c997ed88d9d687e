//! What points elsewhere: a link that led here, a button's stand-in, a chat's new address.

use super::ServiceError;
use super::turn::Turn;
use crate::channel::token;
use crate::dialogue::{Input, Wait};
use crate::domain::contact::Address;
use crate::domain::message::Body;
use crate::store;

/// How many of our last messages a pressed button may be under.
const BUTTONS_OF: i64 = 200;
/// How many characters of a link's reference the desk sees.
const SHOWN: usize = 100;

impl Turn {
    /// The customer came by a link: the desk sees which, and the bot takes from it what it can.
    pub(super) async fn follow_link(
        &mut self,
        reference: &str,
        wait: Wait,
    ) -> Result<(), ServiceError> {
        let shown: String = reference.chars().take(SHOWN).collect();
        self.system_line(format!("linked:{shown}")).await?;
        let reference = reference.to_owned();
        self.converse(&Input::Linked { reference }, wait).await
    }

    /// What a pressed button carries: itself, or what its stand-in stands for under one of our last
    /// messages.
    pub(super) async fn meant_by(&mut self, pressed: &str) -> Result<String, ServiceError> {
        if !token::is_stand_in(pressed) {
            return Ok(pressed.to_owned());
        }
        let id = self.conversation.id;
        let bodies = store::message::offers(&mut self.tx, id, BUTTONS_OF).await?;
        let choices: Vec<_> = bodies.iter().flat_map(Body::choices).collect();
        let payloads = choices.iter().map(|button| button.payload.as_str());
        Ok(token::meant(pressed, payloads).unwrap_or(pressed).to_owned())
    }

    /// The chat has another address from now on.
    pub(super) async fn move_to(&mut self, to: &Address) -> Result<(), ServiceError> {
        if store::conversation::move_to(&mut self.tx, &self.conversation, to).await? {
            self.conversation.address = to.clone();
        }
        Ok(())
    }
}
