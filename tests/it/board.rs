//! Every number of the board has its tickets behind it.

use sportello::domain::time::MINUTE;
use sportello::service::supervision;
use sportello::service::view::BoardFigure;

use crate::support::cast::{
    agent, asks_for_a_person, board, heard, replies, resolves, says, supervisor, takes,
};
use crate::support::{Backend, TestApp, on_both};

async fn numbers_equal_their_lists(backend: Backend) {
    let app = TestApp::start(backend).await;
    let (anna, sara) = (agent(&app, "anna").await, supervisor(&app).await);
    let (customer, first) = asks_for_a_person(&app).await;
    asks_for_a_person(&app).await;
    asks_for_a_person(&app).await;
    assert_eq!(takes(&app, &anna).await, first);
    replies(&app, &anna, first, "Here you are.").await;
    resolves(&app, &anna, first).await;
    let five = heard(&app, &customer).await.last().unwrap().buttons[4].payload.clone();
    says(&app, &customer, &format!("press:{five}")).await;
    let count = async |figure| {
        let right = sara.board().unwrap();
        supervision::behind(&app.house, &right, figure).await.unwrap().len() as u64
    };
    app.pass(31 * MINUTE).await;
    let now = board(&app, &sara).await;
    assert_eq!((now.waiting, count(BoardFigure::Waiting).await), (2, 2));
    assert_eq!((now.breached, count(BoardFigure::Breached).await), (2, 2), "assignment in 30 min");
    assert_eq!((now.at_risk, count(BoardFigure::AtRisk).await), (0, 0));
    assert_eq!((now.csat.whole, count(BoardFigure::Satisfaction).await), (1, 1));
    assert_eq!((now.first_response_n, count(BoardFigure::FirstReply).await), (1, 1));
    assert_eq!(count(BoardFigure::SpeedOfAnswer).await, 1);
    assert_eq!(count(BoardFigure::Compliance).await, 3, "one met, two missed already");
    assert_eq!((now.sla.part, now.sla.whole), (2, 4), "two met, two assignments late");
    assert_eq!(now.sla_provisional, 1, "the resolution can still be reopened");
    assert_eq!(count(BoardFigure::Containment).await, 3);
    assert_eq!((now.containment.part, now.containment.whole), (0, 3));
    app.stop().await;
}

/// Silence counts as contained only as long as the customer does not come back.
async fn a_return_takes_the_silence_back(backend: Backend) {
    let app = TestApp::start(backend).await;
    let sara = supervisor(&app).await;
    let customer = crate::support::cast::visitor(&app);
    says(&app, &customer, "when do you open?").await;
    let book = app.house.content.book();
    app.pass(book.auto_close).await;
    app.pass(61 * MINUTE).await;
    let contained = board(&app, &sara).await.containment;
    assert_eq!((contained.part, contained.whole), (1, 1), "answered, and silent");
    says(&app, &customer, "and how much is shipping?").await;
    let contained = board(&app, &sara).await.containment;
    assert_eq!((contained.part, contained.whole), (0, 1), "the silence was no answer");
    app.stop().await;
}

on_both!(numbers_equal_their_lists, a_return_takes_the_silence_back);
