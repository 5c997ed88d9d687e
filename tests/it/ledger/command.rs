//! `sportello doctor` and `sportello replay`, on the real binary.

use serde_json::json;
use sportello::store;

use crate::support::process::Setup;
use crate::support::{Backend, on_both};

/// The command: 0 when all is well, 1 with a finding, 2 when it cannot even look.
async fn the_doctor_says_what_is_wrong(backend: Backend) {
    let setup = Setup::new(backend).await;
    if backend == Backend::Embedded {
        let (code, _, error) = setup.command(&["doctor", "--messages"], "");
        assert_eq!(code, 2, "{error}");
        assert!(error.contains("run `sportello migrate`"), "{error}");
    }
    assert_eq!(setup.command(&["migrate"], "").0, 0);
    let (code, out, error) = setup.command(&["doctor"], "");
    assert_eq!(code, 0, "{out}{error}");
    for line in ["ok     database", "ok     clock", "ok     accounts", "channel webchat"] {
        assert!(out.contains(line), "{line}: {out}");
    }
    let (code, out, _) = setup.command(&["doctor", "--channel", "webchat"], "");
    assert_eq!((code, out.lines().count()), (0, 1), "{out}");
    let (code, _, error) = setup.command(&["doctor", "--channel", "pigeon"], "");
    assert_eq!(code, 2);
    assert!(error.contains("webchat"), "the configured ones are named: {error}");
    let (code, _, error) = setup.command(&["doctor", "--since", "soon"], "");
    assert_eq!(code, 2, "{error}");

    let server = setup.serve().await;
    let answer = server.says("ada", "when are you open?", "one").await.unwrap();
    assert!(!answer.is_empty());
    server.stop().await;
    let (code, out, _) = setup.command(&["doctor", "--messages", "--json"], "");
    let told: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &told["balance"]), (0, &json!(true)), "{out}");
    assert_eq!(told["received"][0]["processed"], 1, "{out}");

    let db = store::Db::open(&setup.database_url()).await.unwrap();
    match &db {
        store::Db::Sqlite { write, .. } => {
            sqlx::query("DELETE FROM inbox").execute(write).await.map(drop).unwrap();
        }
        store::Db::Postgres(pool) => {
            sqlx::query("DELETE FROM inbox").execute(pool).await.map(drop).unwrap();
        }
    }
    db.close().await;
    let (code, out, _) = setup.command(&["doctor", "--messages"], "");
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("≠ rest"), "{out}");
    let (code, out, _) = setup.command(&["doctor"], "");
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("WRONG  accounts"), "{out}");
    let nobody = "019a1b2c-3d4e-7f00-8123-456789abcdef";
    assert_eq!(setup.command(&["replay", nobody], "").0, 2);
    assert_eq!(setup.command(&["replay", "--all"], "").0, 0);
    assert_eq!(setup.command(&["replay", "x"], "").0, 2);
    setup.clean_up().await;
}

on_both!(the_doctor_says_what_is_wrong);
