//! Who shares a COMMIT, who is acknowledged, and who is taken back alone.

use futures::future::join_all;
use sqlx::Row as _;

use crate::store::{Db, StoreError, Tx, on_tx};

async fn house(folder: &tempfile::TempDir) -> Db {
    let url = format!("sqlite://{}/group.db", folder.path().display());
    let db = Db::open(&url).await.unwrap();
    let Db::Sqlite { write, .. } = &db else { panic!("SQLite") };
    sqlx::query("CREATE TABLE IF NOT EXISTS line (n INTEGER PRIMARY KEY, at INTEGER)")
        .execute(write)
        .await
        .unwrap();
    db
}

async fn write(tx: &mut Tx, n: i64) -> Result<(), StoreError> {
    on_tx!(tx, c => sqlx::query("INSERT INTO line (n) VALUES ($1)").bind(n).execute(c).await.map(drop))?;
    Ok(())
}

async fn lines(db: &Db) -> Vec<i64> {
    let Db::Sqlite { read, .. } = db else { panic!("SQLite") };
    let rows = sqlx::query("SELECT n FROM line ORDER BY n").fetch_all(read).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn units_side_by_side_are_all_kept_and_share_commits() {
    let folder = tempfile::tempdir().unwrap();
    let db = house(&folder).await;
    let units = (0..200).map(|n| {
        let db = db.clone();
        async move {
            let mut tx = db.begin().await.unwrap();
            write(&mut tx, n).await.unwrap();
            tx.later("UPDATE line SET at = $2 WHERE n = $1", [n.into(), (n * 2).into()])
                .await
                .unwrap();
            tx.commit().await.unwrap();
            assert!(lines(&db).await.contains(&n), "acknowledged, and not to be read");
        }
    });
    join_all(units).await;
    assert_eq!(lines(&db).await, (0..200).collect::<Vec<_>>());
    let Db::Sqlite { read, .. } = &db else { panic!("SQLite") };
    let (sum,): (i64,) = sqlx::query_as("SELECT SUM(at) FROM line").fetch_one(read).await.unwrap();
    assert_eq!(sum, 199 * 200);
}

#[tokio::test]
async fn a_unit_that_is_taken_back_or_dropped_leaves_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let db = house(&folder).await;
    let units = (0..60).map(|n| {
        let db = db.clone();
        async move {
            let mut tx = db.begin().await.unwrap();
            write(&mut tx, n).await.unwrap();
            tx.later("UPDATE line SET at = $2 WHERE n = $1", [n.into(), 1.into()]).await.unwrap();
            match n % 3 {
                0 => tx.commit().await.unwrap(),
                1 => tx.roll_back().await.unwrap(),
                _ => drop(tx),
            }
        }
    });
    join_all(units).await;
    assert_eq!(lines(&db).await, (0..60).filter(|n| n % 3 == 0).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_is_taken_back_then_reads_what_it_found() {
    let folder = tempfile::tempdir().unwrap();
    let db = house(&folder).await;
    let mut first = db.begin().await.unwrap();
    write(&mut first, 1).await.unwrap();
    let released = first.release().await.unwrap();
    let mut second = db.begin().await.unwrap();
    assert!(write(&mut second, 1).await.is_err(), "it found the first one's line");
    second.roll_back().await.unwrap();
    assert_eq!(lines(&db).await, [1]);
    released.durable().await.unwrap();
}

#[tokio::test]
async fn a_unit_that_fails_fails_alone() {
    let folder = tempfile::tempdir().unwrap();
    let db = house(&folder).await;
    let units = (0..40).map(|n| {
        let db = db.clone();
        async move {
            let mut tx = db.begin().await.unwrap();
            write(&mut tx, n).await.unwrap();
            // The last words of every second unit cannot be written.
            let same = if n % 2 == 0 { n } else { n + 1_000 };
            tx.later("INSERT INTO line (n) VALUES ($1)", [same.into()]).await.unwrap();
            tx.commit().await
        }
    });
    let ended = join_all(units).await;
    for (n, ended) in ended.iter().enumerate() {
        assert_eq!(ended.is_ok(), n % 2 == 1, "{n}: {ended:?}");
    }
    let kept = lines(&db).await;
    assert!(kept.iter().all(|n| n % 2 == 1), "{kept:?}");
    assert_eq!(kept.len(), 40);
}

#[tokio::test]
async fn what_is_only_released_is_read_by_nobody_and_lost_in_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let db = house(&folder).await;
    let other = db.clone();
    let mut first = db.begin().await.unwrap();
    write(&mut first, 1).await.unwrap();
    let released = first.release().await.unwrap();
    assert_eq!(lines(&db).await, Vec::<i64>::new());
    // Somebody else holds the writer, and the process dies before the COMMIT.
    let mut second = other.begin().await.unwrap();
    write(&mut second, 2).await.unwrap();
    let copy = tempfile::tempdir().unwrap();
    for file in ["group.db", "group.db-wal"] {
        std::fs::copy(folder.path().join(file), copy.path().join(file)).unwrap();
    }
    let after_crash = house(&copy).await;
    assert_eq!(lines(&after_crash).await, Vec::<i64>::new());
    second.commit().await.unwrap();
    released.durable().await.unwrap();
    assert_eq!(lines(&db).await, [1, 2]);
}

#[tokio::test]
async fn what_is_released_becomes_durable_when_it_is_asked_for_or_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let db = house(&folder).await;
    let mut tx = db.begin().await.unwrap();
    write(&mut tx, 1).await.unwrap();
    tx.release().await.unwrap().durable().await.unwrap();
    assert_eq!(lines(&db).await, [1]);
    let mut tx = db.begin().await.unwrap();
    write(&mut tx, 2).await.unwrap();
    drop(tx.release().await.unwrap());
    let tx = db.begin().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(lines(&db).await, [1, 2]);
}

#[tokio::test]
async fn callers_who_go_away_leave_no_group_open() {
    let folder = tempfile::tempdir().unwrap();
    let db = house(&folder).await;
    for n in 0..50 {
        let mut tx = db.begin().await.unwrap();
        write(&mut tx, n).await.unwrap();
        let waiter = db.clone();
        // Polled once: it stands in the line, or has just got its place.
        let mut waiting = Box::pin(async move { waiter.begin().await.map(drop) });
        assert!(futures::poll!(&mut waiting).is_pending());
        let mut commit = Box::pin(tx.commit());
        let ended = futures::poll!(&mut commit).is_ready();
        assert!(!ended, "no commit is that fast");
        drop(waiting);
        if n % 2 == 0 {
            drop(commit);
        } else {
            commit.await.unwrap();
        }
    }
    // Another process can write: nothing is left open.
    let other = house(&folder).await;
    let mut tx = other.begin().await.unwrap();
    write(&mut tx, 1_000).await.unwrap();
    tx.commit().await.unwrap();
    let kept = lines(&db).await;
    assert!((0..50).filter(|n| n % 2 == 1).all(|n| kept.contains(&n)), "{kept:?}");
}

#[tokio::test]
async fn a_commit_that_fails_acknowledges_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let db = house(&folder).await;
    let Db::Sqlite { write: pool, .. } = &db else { panic!("SQLite") };
    let parent =
        "CREATE TABLE part (line INTEGER REFERENCES line (n) DEFERRABLE INITIALLY DEFERRED)";
    sqlx::query(parent).execute(pool).await.unwrap();
    let mut good = db.begin().await.unwrap();
    write(&mut good, 1).await.unwrap();
    let good = good.release().await.unwrap();
    let mut bad = db.begin().await.unwrap();
    bad.later("INSERT INTO part (line) VALUES ($1)", [99.into()]).await.unwrap();
    // What is deferred is checked by the COMMIT: it fails for all.
    assert!(matches!(bad.commit().await, Err(StoreError::Unavailable(_))));
    assert!(good.durable().await.is_err());
    assert_eq!(lines(&db).await, Vec::<i64>::new());
    let mut next = db.begin().await.unwrap();
    write(&mut next, 2).await.unwrap();
    next.commit().await.unwrap();
    assert_eq!(lines(&db).await, [2]);
}
