//! Statuses go forward only, and receipts that come first wait.

use sportello::domain::contact::ChannelName;
use sportello::domain::inbound::Reached;
use sportello::domain::message::Delivery;
use sportello::domain::time::MINUTE;
use sportello::store::{self, message};

use super::balance::{Life, address, records};
use crate::support::{Backend, MONDAY_10, on_both};

/// The model of a status, written apart from the code: a rank that only rises, and an end.
fn told(state: Delivery, news: Delivery) -> Delivery {
    let rank = |state| match state {
        Delivery::None | Delivery::Pending => 0,
        Delivery::Unconfirmed => 1,
        Delivery::Sent => 2,
        Delivery::Delivered => 3,
        Delivery::Read => 4,
        Delivery::Failed => 9,
    };
    let arrived = state == Delivery::Delivered || state == Delivery::Read;
    let stays = state == Delivery::Failed || news == Delivery::Failed && arrived;
    if !stays && rank(news) > rank(state) { news } else { state }
}

async fn statuses_follow_the_model(backend: Backend) {
    let (db, folder, database) = records(backend).await;
    let mut life = Life::begin(&db, 77).await;
    let news = [
        Delivery::Unconfirmed,
        Delivery::Sent,
        Delivery::Delivered,
        Delivery::Read,
        Delivery::Failed,
    ];
    // Every order of three of them, and of the first news again.
    for first in news {
        for second in news {
            for third in news {
                life.send().await;
                let message = life.sends.last().unwrap().message;
                let mut model = Delivery::Pending;
                for next in [first, second, third, first] {
                    let mut tx = db.begin().await.unwrap();
                    message::set_delivery(&mut tx, message, next, None).await.unwrap();
                    tx.commit().await.unwrap();
                    model = told(model, next);
                    let stored = message::get(&db, message).await.unwrap().unwrap();
                    let case = [first, second, third];
                    assert_eq!(stored.message.delivery, model, "{case:?} after {next:?}");
                }
            }
        }
    }
    db.close().await;
    drop(folder);
    if let Some(database) = database {
        database.drop_it().await;
    }
}

async fn receipts_of_strangers_wait_a_week_and_come_out_once(backend: Backend) {
    let (db, folder, database) = records(backend).await;
    let channel = ChannelName("telegram:shop".to_owned());
    let (door, now) = ((&channel, &address()), MONDAY_10);
    let mut tx = db.begin().await.unwrap();
    let failed = Reached::Failed { reason: "gone".to_owned() };
    for (id, reached, at) in [("1", &Reached::Delivered, 0), ("2", &failed, 1), ("2", &failed, 2)] {
        store::receipt::keep(&mut tx, door, id, reached, now.plus(at)).await.unwrap();
    }
    assert_eq!(store::receipt::take(&mut tx, door, "2").await.unwrap(), [failed]);
    assert!(store::receipt::take(&mut tx, door, "2").await.unwrap().is_empty());
    let later = now.plus(8 * 24 * 60 * MINUTE);
    store::receipt::keep(&mut tx, door, "3", &Reached::Read, later).await.unwrap();
    assert!(store::receipt::take(&mut tx, door, "1").await.unwrap().is_empty(), "too old");
    assert_eq!(store::receipt::take(&mut tx, door, "3").await.unwrap(), [Reached::Read]);
    tx.commit().await.unwrap();
    db.close().await;
    drop(folder);
    if let Some(database) = database {
        database.drop_it().await;
    }
}

on_both!(statuses_follow_the_model, receipts_of_strangers_wait_a_week_and_come_out_once);
