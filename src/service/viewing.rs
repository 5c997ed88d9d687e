//! Makes plain views of records: what screens and the API show.

mod attached;
mod routed;
mod stance;

use std::collections::{BTreeSet, HashMap};

use self::attached::Missing;
pub(super) use self::attached::for_customer;
use self::routed::missed;
pub(super) use self::routed::{decisions, offers};
pub(super) use self::stance::tell_stances;
use super::access::DeskRight;
use super::view::{
    AgentView, ButtonView, ClaimsView, DeskView, DueView, LineView, Tab, TicketRow, TicketView,
};
use super::{House, ServiceError, clocks::clock_views, customer, identity, rings};
use crate::domain::agent::{Agent, Presence};
use crate::domain::contact::Origin;
use crate::domain::id::{AgentId, ConversationId, TicketId};
use crate::domain::language::Language;
use crate::domain::ledger::LedgerEvent;
use crate::domain::message::{Author, Button, Delivery, Visibility};
use crate::domain::survey::Rating;
use crate::domain::ticket::TicketStatus;
use crate::queue::Snapshot;
use crate::sla::clock::{Clock, ClockState, clocks};
use crate::sla::deadline::next_due;
use crate::store::message::StoredMessage;
use crate::store::ticket::{Face, StoredTicket};
use crate::store::{self};
use crate::text::line;

/// How many tickets a list shows.
const LISTED: i64 = 100;
/// How many messages a thread shows.
const THREAD: i64 = 500;
/// How many other tickets of a person are shown beside one.
const EARLIER: usize = 10;
/// How long a preview is, in characters.
const PREVIEW: usize = 120;

/// Rows for a list, in the order given.
pub(super) async fn rows(
    house: &House,
    tickets: &[StoredTicket],
) -> Result<Vec<TicketRow>, ServiceError> {
    let ids: Vec<_> = tickets.iter().map(|stored| stored.ticket.id).collect();
    let faces = store::ticket::faces(&house.db, &ids).await?;
    let ledgers = by_ticket(store::ledger::of_tickets(&house.db, &ids).await?);
    let names = names(house).await?;
    let mut rows = Vec::with_capacity(tickets.len());
    for stored in tickets {
        let ledger = ledgers.get(&stored.ticket.id).map_or(&[][..], Vec::as_slice);
        let books = house.content.books_for(&house.db, ledger).await?;
        let clocks = clocks(ledger, &books, house.now());
        rows.push(row(stored, faces.get(&stored.ticket.id), &clocks, &names, house));
    }
    Ok(rows)
}

/// Ledgers by ticket.
pub(super) fn by_ticket(events: Vec<LedgerEvent>) -> HashMap<TicketId, Vec<LedgerEvent>> {
    let mut ledgers: HashMap<_, Vec<_>> = HashMap::new();
    for event in events {
        ledgers.entry(event.ticket_id).or_default().push(event);
    }
    ledgers
}

/// The names of the people at the desk.
pub(super) async fn names(house: &House) -> Result<HashMap<AgentId, String>, ServiceError> {
    let people = store::agent::all(&house.db).await?;
    Ok(people.into_iter().map(|person| (person.id, person.name)).collect())
}

fn row(
    stored: &StoredTicket,
    face: Option<&Face>,
    clocks: &[Clock],
    names: &HashMap<AgentId, String>,
    house: &House,
) -> TicketRow {
    let ticket = &stored.ticket;
    let code = ticket.id.code();
    let name = face.and_then(|face| face.name.clone());
    let preview = face.map(|face| shorten(&face.last)).unwrap_or_default();
    TicketRow {
        id: ticket.id.to_string(),
        customer: name.unwrap_or_else(|| format!("#{}", &code[..4])),
        code,
        channel: face.map(|face| face.channel.clone()).unwrap_or_default(),
        preview,
        status: ticket.status().as_str().to_owned(),
        priority: ticket.priority.as_str().to_owned(),
        language: ticket.requirement.language.map(|language| language.code().to_owned()),
        team: ticket.requirement.team.clone(),
        assignee: ticket.assignee().and_then(|agent| names.get(&agent).cloned()),
        snoozed_until: ticket.life.snoozed_until().map(|at| at.0),
        due: due(clocks, house),
        late: rings::is_late(house, stored),
        enqueued_at: ticket.enqueued_at.0,
        created_at: ticket.created_at.0,
        customer_waits: face.is_some_and(|face| face.last_author == "customer"),
        simulated: stored.origin == Origin::Simulated,
    }
}

fn shorten(text: &str) -> String {
    let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = line.char_indices().nth(PREVIEW) {
        line.truncate(cut);
        line.push('…');
    }
    line
}

/// The chip: the next deadline, else the worst of what is paused or over.
fn due(clocks: &[Clock], house: &House) -> Option<DueView> {
    let running = next_due(clocks);
    let paused = || clocks.iter().find(|c| matches!(c.state, ClockState::Paused { .. }));
    let last = || {
        clocks
            .iter()
            .rev()
            .find(|c| matches!(c.state, ClockState::Met { .. } | ClockState::Missed { .. }))
    };
    let clock = running.or_else(paused).or_else(last)?;
    let soon = clock.rungs.iter().map(|(_, at)| *at).min();
    let state = match clock.state {
        ClockState::Running if soon.is_some_and(|soon| house.now() >= soon) => "soon",
        ClockState::Running => "ok",
        ClockState::Late { .. } => "late",
        ClockState::Paused { .. } => "paused",
        ClockState::Met { .. } => "met",
        _ => "missed",
    };
    Some(DueView {
        metric: clock.metric.as_str().to_owned(),
        due: clock.due.map(|due| due.0),
        state: state.to_owned(),
        amount: super::clocks::amount(clock),
    })
}

/// One ticket in full.
pub(super) async fn ticket(
    house: &House,
    reader: &Agent,
    stored: &StoredTicket,
    language: Language,
) -> Result<TicketView, ServiceError> {
    let ticket = &stored.ticket;
    let names = names(house).await?;
    let ledger = store::ledger::of_ticket(&house.db, ticket.id).await?;
    let books = house.content.books_for(&house.db, &ledger).await?;
    let clocks = clocks(&ledger, &books, house.now());
    let explained = clock_views(&ledger, &books, &names, house.now());
    let faces = store::ticket::faces(&house.db, &[ticket.id]).await?;
    let thread = store::message::last(&house.db, ticket.conversation_id, THREAD).await?;
    let missing = store::file::missing(&house.db, ticket.conversation_id).await?;
    let caller = super::access::Caller { agent: reader.clone(), csrf: None };
    let person = identity::in_view(house, &caller, ticket.contact_id).await?;
    let earlier = identity::history(house, &caller, ticket.contact_id).await?;
    let rated = ticket.parent_id.unwrap_or(ticket.id);
    let invitation = store::feedback::of_ticket(&house.db, rated).await?;
    let segments = store::contact::segments(&house.db, ticket.contact_id).await?;
    let known = store::claim::of_contact(&house.db, ticket.contact_id).await?;
    let decision = decisions(house, ticket.id, 1).await?.pop();
    let knowledge = house.content.knowledge();
    let title = |name: &String| {
        let intent = knowledge.intents.get(name);
        intent.map_or_else(|| name.clone(), |intent| intent.title.in_language(language).clone())
    };
    let packet = &ticket.packet;
    let row = row(stored, faces.get(&ticket.id), &clocks, &names, house);
    Ok(TicketView {
        summary: packet.summary.clone(),
        reason: customer::reason_word(packet.reason).to_owned(),
        intent: packet.intent.as_ref().map(title),
        confidence: packet
            .trail
            .iter()
            .rev()
            .find(|step| step.intent == packet.intent && step.confidence > 0.0)
            .map(|step| step.confidence),
        slots: packet.slots.clone().into_iter().collect(),
        trail: packet
            .trail
            .iter()
            .map(|step| (step.said.clone(), step.intent.as_ref().map(title), step.confidence))
            .collect(),
        thread: thread.iter().map(|line| line_view(line, &names, &missing, language)).collect(),
        clocks: explained.into_iter().filter(|clock| clock.target.is_some()).collect(),
        decision: decision.and_then(|(_, told)| told),
        earlier: earlier.into_iter().filter(|it| it.id != row.id).take(EARLIER).collect(),
        unproved: identity::unproved(house, ticket).await?,
        code: identity::code_view(house, ticket).await?,
        person,
        contact: ticket.contact_id.to_string(),
        segments: segments.unwrap_or_default().into_iter().collect(),
        known: known_view(known),
        skills: ticket.requirement.skills.texts(),
        mine: ticket.assignee() == Some(reader.id) && ticket.status().is_held(),
        parent: ticket.parent_id.map(|id| id.to_string()),
        rating: invitation
            .and_then(|found| Some((found.rating.map(Rating::value)?, found.comment))),
        version: ticket.version,
        row,
    })
}

fn known_view(known: store::claim::Known) -> ClaimsView {
    ClaimsView {
        verified_id: known.verified_id,
        verified: known.claims.into_iter().collect(),
        typed: known.typed.unwrap_or_default().into_iter().collect(),
    }
}

/// The last lines of a thread, oldest first.
pub(super) async fn lines(
    house: &House,
    conversation: ConversationId,
    language: Language,
) -> Result<Vec<LineView>, ServiceError> {
    let names = names(house).await?;
    let missing = store::file::missing(&house.db, conversation).await?;
    let thread = store::message::last(&house.db, conversation, THREAD).await?;
    Ok(thread.iter().map(|message| line_view(message, &names, &missing, language)).collect())
}

fn line_view(
    stored: &StoredMessage,
    names: &HashMap<AgentId, String>,
    missing: &Missing,
    reader: Language,
) -> LineView {
    let message = &stored.message;
    let (kind, name) = match (message.author, message.visibility) {
        (Author::Customer, _) => ("customer", None),
        (Author::Bot, _) => ("bot", None),
        (Author::Agent(agent), Visibility::Public) => ("agent", names.get(&agent).cloned()),
        (Author::Agent(agent), Visibility::Internal) => ("note", names.get(&agent).cloned()),
        (Author::System, _) => ("system", None),
    };
    let text = match message.author {
        Author::System => line::tell(&message.body.text, reader.code()),
        _ => message.body.transcript(),
    };
    LineView {
        seq: message.seq,
        kind: kind.to_owned(),
        name,
        text,
        buttons: message.body.choices().into_iter().map(button).collect(),
        attachments: attached::attachments(message, missing),
        at: message.at.0,
        delivery: delivery_word(message.delivery).to_owned(),
        language: message.language.map(|language| language.code().to_owned()),
    }
}

/// The choices under a message.
pub(super) fn buttons(stored: &StoredMessage) -> Vec<ButtonView> {
    stored.message.body.buttons.iter().cloned().map(button).collect()
}

fn button(Button { label, payload }: Button) -> ButtonView {
    ButtonView { label, payload }
}

const fn delivery_word(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::None => "none",
        Delivery::Pending => "pending",
        Delivery::Unconfirmed => "unconfirmed",
        Delivery::Sent => "sent",
        Delivery::Delivered => "delivered",
        Delivery::Read => "read",
        Delivery::Failed => "failed",
    }
}

/// People as colleagues see them. Without a queue everybody shows as offline.
pub(super) fn people(agents: &[Agent], snapshot: Option<&Snapshot>) -> Vec<AgentView> {
    agents
        .iter()
        .map(|agent| {
            let state = snapshot
                .and_then(|snapshot| snapshot.agents.iter().find(|state| state.agent == agent.id));
            AgentView {
                id: agent.id.to_string(),
                name: agent.name.clone(),
                role: agent.role.as_str().to_owned(),
                detail: None,
                parked: 0,
                presence: state.map_or(Presence::Offline, |s| s.presence).as_str().to_owned(),
                since: state.map_or(0, |state| state.since.0),
                load: state.map_or(0, |state| state.load),
                capacity: agent.profile.capacity,
            }
        })
        .collect()
}

/// Every team that anybody is of, or that the knowledge names.
pub(super) async fn teams(house: &House) -> Result<Vec<String>, ServiceError> {
    let people = store::agent::all(&house.db).await?;
    let mut teams: BTreeSet<String> =
        people.into_iter().flat_map(|person| person.profile.teams).collect();
    teams.extend(house.content.teams());
    Ok(teams.into_iter().collect())
}

/// The desk's left pane.
pub(super) async fn desk(
    house: &House,
    desk: &DeskRight,
    tab: Tab,
    search: Option<&str>,
) -> Result<DeskView, ServiceError> {
    let me = desk.agent();
    let agents = store::agent::all(&house.db).await?;
    let snapshot = house.queue.snapshot(0, house.now()).await.ok();
    let mut everybody = people(&agents, snapshot.as_ref());
    tell_stances(house, &mut everybody).await?;
    let caller = super::access::Caller { agent: me.clone(), csrf: None };
    let mut found = listed(house, desk, tab).await?;
    found.retain(|stored| super::desk::may_see(&caller, &stored.ticket));
    let mut rows = rows(house, &found).await?;
    if let Some(words) = search.map(str::trim).filter(|words| !words.is_empty()) {
        let words = words.to_lowercase();
        rows.retain(|row| {
            [&row.customer, &row.code, &row.preview]
                .into_iter()
                .any(|text| text.to_lowercase().contains(&words))
        });
    }
    let mine = everybody.iter().position(|view| view.id == me.id.to_string());
    let view = mine.map(|place| everybody.remove(place));
    let mut view = view.ok_or(ServiceError::NotFound("your account"))?;
    view.parked = stance::parked(house, me.id).await?;
    let missed = missed(house, me.id, &view).await?;
    Ok(DeskView {
        me: view,
        counts: counts(house, me).await?,
        tab,
        rows,
        offers: offers(house, me.id).await?,
        missed,
        colleagues: everybody.into_iter().map(|v| (v.id, v.name, v.presence)).collect(),
        teams: teams(house).await?,
        file_megabytes: house.settings.files.megabytes(),
    })
}

async fn listed(
    house: &House,
    desk: &DeskRight,
    tab: Tab,
) -> Result<Vec<StoredTicket>, ServiceError> {
    let me = desk.agent().id;
    Ok(match tab {
        Tab::Mine => store::ticket::held_by(&house.db, me).await?,
        Tab::Waiting => {
            let mut found = store::ticket::at_status(&house.db, TicketStatus::New, LISTED).await?;
            let score = |stored: &StoredTicket| rings::place(house, stored, house.now()).score();
            found.sort_by_key(|stored| (score(stored), stored.ticket.id));
            found
        }
        Tab::Team => store::ticket::live(&house.db, LISTED).await?,
        Tab::Resolved => store::ticket::resolved_by(&house.db, me, LISTED).await?,
    })
}

async fn counts(house: &House, me: &Agent) -> Result<Vec<(Tab, u64)>, ServiceError> {
    let live = store::ticket::count_live(&house.db).await?;
    let sum = |wanted: &dyn Fn(TicketStatus, Option<AgentId>) -> bool| {
        live.iter().filter(|(status, agent, _)| wanted(*status, *agent)).map(|(_, _, n)| n).sum()
    };
    Ok(vec![
        (Tab::Mine, sum(&|_, agent| agent == Some(me.id))),
        (Tab::Waiting, sum(&|status, _| status == TicketStatus::New)),
        (Tab::Team, sum(&|_, _| true)),
    ])
}
