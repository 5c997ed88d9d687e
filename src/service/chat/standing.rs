//! Where a visitor stands when the chat opens: whether the shop vouches for them, what is to be asked,
//! and how long a person takes.

use super::identity::{self, Claims, NotIdentified};
use super::{CHANNEL, Visitor, form, is_open};
use crate::dialogue::Wait;
use crate::domain::contact::ChannelName;
use crate::domain::language::Language;
use crate::service::{House, ServiceError, wait};
use crate::store;

/// When a person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// Within this range, ms: what somebody who asks now is told.
    Within {
        /// At the soonest.
        low: i64,
        /// At the latest.
        high: i64,
    },
    /// Nobody is there before this instant, ms UTC.
    Opens(i64),
}

/// Where a visitor stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whom the shop vouches for.
    pub customer: Option<Claims>,
    /// Why it does not, though a token was shown.
    pub problem: Option<NotIdentified>,
    /// The fields that are asked before the first message.
    pub ask: Vec<String>,
    /// When a person answers, if that can be said.
    pub promise: Option<Promise>,
}

/// Looks where a visitor stands; with a good token the customer's thread becomes theirs here.
///
/// # Errors
/// `NotFound` when the web chat is shut, `Unavailable`.
pub async fn standing(
    house: &House,
    visitor: Visitor,
    token: Option<&str>,
    language: Language,
) -> Result<Standing, ServiceError> {
    is_open(house)?;
    let claims = token.map(|token| identity::claims(house, token)).transpose();
    let problem = claims.as_ref().err().copied();
    if let Some(problem) = problem {
        tracing::info!(%problem, "a customer's identity was not accepted");
    }
    let customer = claims.ok().flatten();
    let visitor = match &customer {
        Some(customer) => visitor.known_as(customer.clone()),
        None => visitor,
    };
    identity::settle(house, &visitor).await?;
    let channel = ChannelName(CHANNEL.to_owned());
    let known = store::claim::of_address(&house.db, &channel, &visitor.address()).await?;
    let ask = form::open_fields(house, &known);
    let promise = promise(house, language).await;
    Ok(Standing { customer, problem, ask, promise })
}

async fn promise(house: &House, language: Language) -> Option<Promise> {
    match wait::estimate(house, Some(language)).await {
        Wait::Within { low, high } => Some(Promise::Within { low, high }),
        Wait::NextShift { opens } => Some(Promise::Opens(opens.0)),
        Wait::Unknown => None,
    }
}
