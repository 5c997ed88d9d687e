//! Timers: what happens because time went by. Any replica fires a due timer, exactly once.

use super::customer::{CLOSE, LAST_CALL, SILENCE};
use super::ladder::{self, RUNG};
use super::rings::{self, RING};
use super::turn::Turn;
use super::waiting::{AUTO_CLOSE, CLOSE_TICKET, IDLE, SNOOZE, is_theirs, theirs_since};
use super::{House, ServiceError, promise, voice};
use crate::dialogue::{Input, Say, Sentence, Wait, Words};
use crate::domain::conversation::Owner;
use crate::domain::id::ConversationId;
use crate::domain::language::Language;
use crate::domain::message::{Author, Visibility};
use crate::domain::time::HOUR;
use crate::store::outbox::Task;
use crate::store::timer::Timer;
use crate::store::{self};

/// How many timers one pass fires.
const BATCH: i64 = 200;

/// One pass over what is due; how many timers fired.
///
/// # Errors
/// The records are not reachable.
pub async fn step(house: &House) -> Result<usize, ServiceError> {
    let due = store::timer::due(&house.db, house.now(), BATCH).await?;
    let mut fired = 0;
    for timer in &due {
        match fire(house, timer).await {
            Ok(()) => fired += 1,
            Err(error @ ServiceError::Unavailable(_)) => return Err(error),
            Err(error) => set_aside(house, timer, &error).await?,
        }
    }
    Ok(fired)
}

/// A timer that cannot be carried out must not stand in the way of the others.
async fn set_aside(house: &House, timer: &Timer, error: &ServiceError) -> Result<(), ServiceError> {
    tracing::error!(timer.kind = timer.kind, timer.subject = timer.subject, ?error, "timer failed");
    let mut tx = house.db.begin().await?;
    let later = house.now().plus(HOUR);
    store::timer::set(&mut tx, &timer.kind, &timer.subject, later).await?;
    tx.commit().await?;
    Ok(())
}

async fn fire(house: &House, timer: &Timer) -> Result<(), ServiceError> {
    match timer.kind.as_str() {
        RUNG => ladder::fire(house, timer).await,
        RING => rings::fire(house, timer).await,
        promise::PROMISE => promise::fire(house, timer).await,
        SILENCE => silence(house, timer, &Input::Silence).await,
        CLOSE => silence(house, timer, &Input::Close).await,
        AUTO_CLOSE => auto_close(house, timer).await,
        CLOSE_TICKET => close_ticket(house, timer).await,
        SNOOZE => wake(house, timer).await,
        IDLE => idle(house, timer).await,
        other => Err(ServiceError::Invalid(format!("unknown timer {other}"))),
    }
}

async fn silence(house: &House, timer: &Timer, input: &Input) -> Result<(), ServiceError> {
    let id: ConversationId = parse(timer)?;
    let mut turn = Turn::open(house, id).await?;
    if !store::timer::fire(&mut turn.tx, timer).await? {
        return turn.roll_back().await;
    }
    if matches!(turn.conversation.owner, Owner::Bot | Owner::Queue) {
        turn.converse(input, Wait::Unknown).await?;
    }
    turn.commit().await
}

/// An answered ticket whose customer is silent: asked first, then resolved.
async fn auto_close(house: &House, timer: &Timer) -> Result<(), ServiceError> {
    let (mut turn, mut stored) = Turn::open_ticket(house, parse(timer)?).await?;
    if !store::timer::fire(&mut turn.tx, timer).await? {
        return turn.roll_back().await;
    }
    let ledger = store::ledger::of_ticket_in(&mut turn.tx, stored.ticket.id).await?;
    let Some(answered) = theirs_since(&ledger).filter(|_| is_theirs(stored.ticket.life)) else {
        return turn.commit().await;
    };
    let window = house.content.book().auto_close;
    if turn.now.since(answered) < window {
        turn.house_says(Sentence::StillThere).await?;
        let due = answered.plus(window.max(turn.now.since(answered) + LAST_CALL));
        store::timer::set_again(&mut turn.tx, AUTO_CLOSE, &timer.subject, due).await?;
    } else {
        turn.house_says(Sentence::ClosedForSilence).await?;
        turn.system_line("auto_closed".to_owned()).await?;
        turn.settle_ticket(&mut stored, None).await?;
    }
    turn.commit().await
}

/// The reopening window is over.
async fn close_ticket(house: &House, timer: &Timer) -> Result<(), ServiceError> {
    let (mut turn, mut stored) = Turn::open_ticket(house, parse(timer)?).await?;
    if !store::timer::fire(&mut turn.tx, timer).await? {
        return turn.roll_back().await;
    }
    if let Ok(closed) = stored.ticket.life.close() {
        turn.go(&mut stored, Vec::new(), Ok(closed)).await?;
        turn.system_line("closed".to_owned()).await?;
    }
    turn.commit().await
}

/// A snooze is over.
async fn wake(house: &House, timer: &Timer) -> Result<(), ServiceError> {
    let (mut turn, mut stored) = Turn::open_ticket(house, parse(timer)?).await?;
    if !store::timer::fire(&mut turn.tx, timer).await? {
        return turn.roll_back().await;
    }
    if stored.ticket.life.snoozed_until().is_some_and(|until| until <= turn.now) {
        let awake = stored.ticket.life.resume();
        turn.system_line("woken".to_owned()).await?;
        turn.go(&mut stored, Vec::new(), awake).await?;
    }
    turn.commit().await
}

/// A customer has been silent for so long that the ticket may no longer count.
async fn idle(house: &House, timer: &Timer) -> Result<(), ServiceError> {
    let (mut turn, stored) = Turn::open_ticket(house, parse(timer)?).await?;
    if !store::timer::fire(&mut turn.tx, timer).await? {
        return turn.roll_back().await;
    }
    let ticket = stored.ticket.id;
    let due = store::quiet::get_in(&mut turn.tx, ticket).await?;
    let due = due.map(|since| since.plus(house.settings.work.weights.idle));
    match due.filter(|due| *due > turn.now) {
        Some(due) => store::timer::set_again(&mut turn.tx, IDLE, &timer.subject, due).await?,
        None => turn.task(Task::Reweigh { ticket }).await?,
    }
    turn.commit().await
}

fn parse<T: std::str::FromStr>(timer: &Timer) -> Result<T, ServiceError> {
    timer.subject.parse().map_err(|_| ServiceError::Invalid(format!("timer {}", timer.subject)))
}

impl Turn {
    /// Says one of the house's own sentences outside the dialogue.
    pub(super) async fn house_says(&mut self, sentence: Sentence) -> Result<(), ServiceError> {
        let language = self.conversation.language.unwrap_or(Language::It);
        let say = Say::new(Words::House(sentence), Vec::new());
        let body = voice::body(&say, language, &self.house.content.book(), self.now);
        self.write(Author::Bot, Visibility::Public, body, Some(language)).await?;
        Ok(())
    }
}
